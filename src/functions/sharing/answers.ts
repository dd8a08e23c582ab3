/** The answers of the functions for platforms, by status. The functions take only their types from here. */
import * as told from '../../model/answers/connection';

export const connectionsAnswers = { 200: told.connectionPage };
export const connectionAnswers = { 200: told.connectionWithDevices };
export const labelAnswers = { 200: told.labelled };
export const reconnectLinkAnswers = { 200: told.handedOutLink };
export const accessTokenAnswers = { 200: told.accessTokenAnswer };
