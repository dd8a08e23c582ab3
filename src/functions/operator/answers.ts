/** The answers of the operator's functions, by status. The functions take only their types from here. */
import * as z from 'zod';
import * as told from '../../model/answers/operator';

export const checkAnswers = {
  200: told.checked,
  202: told.runBegun,
  409: told.checkFailed,
  502: told.checkFailed,
};

export const rotateAnswers = {
  200: told.rotated,
  202: told.runBegun,
  409: z.union([told.rotationHeld, told.rotationFailed]),
  502: told.rotationFailed,
  503: told.rotationJournalled,
};

export const invitesAnswers = { 201: told.inviteMade };
export const reconnectAnswers = { 202: told.campaignsBegun };
export const statusAnswers = { 200: told.serviceStatus };
export const healthAnswers = { 200: told.health, 503: z.union([told.health, told.misconfigured]) };
