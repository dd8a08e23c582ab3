/** `GET favicon.ico`: browsers ask for it by themselves. */
import type { HttpResponseInit } from '@azure/functions';
import { icon } from '../../pages/icon';
import { fileAnswer } from '../http/answers';

export const favicon = (): HttpResponseInit => fileAnswer('image/x-icon', icon);
