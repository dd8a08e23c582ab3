/** The JSON answers that functions give of their own accord, by status. Functions take only their types from here. */
import * as z from 'zod';
import * as toPlatform from '../../model/answers/connection-answers';
import { exported } from '../../model/answers/export';
import * as toOperator from '../../model/answers/operator-answers';

export const checkAnswers = {
  200: toOperator.checked,
  202: toOperator.runBegun,
  409: toOperator.checkFailed,
  502: toOperator.checkFailed,
};

export const rotateAnswers = {
  200: toOperator.rotated,
  202: toOperator.runBegun,
  409: z.union([toOperator.rotationHeld, toOperator.rotationFailed]),
  502: toOperator.rotationFailed,
  503: toOperator.rotationJournalled,
};

export const invitesAnswers = { 201: toOperator.inviteMade };
export const reconnectAnswers = { 202: toOperator.campaignsBegun };
export const statusAnswers = { 200: toOperator.serviceStatus };
export const doctorAnswers = { 200: toOperator.doctorReport };
export const healthAnswers = {
  200: toOperator.health,
  503: z.union([toOperator.health, toOperator.misconfigured]),
};

export const connectionsAnswers = { 200: toPlatform.connectionPage };
export const connectionAnswers = { 200: toPlatform.connectionWithDevices };
export const labelAnswers = { 200: toPlatform.labelled };
export const reconnectLinkAnswers = { 200: toPlatform.handedOutLink };
export const accessTokenAnswers = { 200: toPlatform.accessTokenAnswer };

export const exportAnswers = { 200: exported };
