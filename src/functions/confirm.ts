/** `GET/POST confirm`: the six digits that were texted, typed in by the browser that entered the number. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readConnection, readOpenConnection } from '../domain/change';
import {
  confirmNumber,
  forgetConfirmations,
  readConfirmation,
  sendCode,
  whereIsCode,
  type CodeSent,
  type Confirmed,
} from '../domain/wearer/confirm';
import { isStopped, setNumber } from '../domain/wearer/numbers';
import { AppError } from '../errors';
import type { Confirmation } from '../model';
import { confirmPage, confirmUnknownPage, type ConfirmPage } from '../pages/confirm';
import { Secret } from '../secret';
import type { Services } from '../services';
import { paths } from '../paths';
import { clientOf } from './client-address';
import { showConnected } from './connected';
import { confirmationCookie } from './cookies';
import { frameOf, htmlAnswer, readForm, redirectAnswer, senderOf } from './http-answers';
import { pathOf } from './manage-path';
import { onPage } from './page';

export const confirm = (services: Services) =>
  onPage(services, async (request) => {
    const form = request.method === 'POST' ? await readForm(request) : undefined;
    const ticket = confirmationCookie.read(services.publicUrl, request);
    const known = ticket === undefined ? undefined : await readConfirmation(services, ticket);
    if (ticket === undefined || !known)
      return htmlAnswer(confirmUnknownPage(frameOf(services)), form ? 400 : 200);
    const connection = await readOpenConnection(services, known.connection);
    if (!connection) return htmlAnswer(confirmUnknownPage(frameOf(services)), 400);
    if (known.confirmedAt !== undefined) return showConnected(services, known);
    switch (form?.get('action') ?? '') {
      case 'confirm':
        return tryCode(services, ticket, form?.get('code') ?? '');
      case 'resend':
        return resend(services, ticket, request);
      case 'skip':
        // Only a sign-up can go on without a number; a change just leaves the one there was.
        if (connection.confirmBy !== undefined) await setNumber(services, known.connection, undefined);
        await forgetConfirmations(services, known.connection);
        return finish(services, known);
      default:
        if (form) throw new AppError('INPUT_INVALID', 'Please use the form of this page.');
        return showState(services, known);
    }
  });

async function tryCode(services: Services, ticket: string, typed: string): Promise<HttpResponseInit> {
  // As people write it, with a space or a hyphen in the middle.
  const code = new Secret(typed.slice(0, 20).replace(/[\s-]/g, ''));
  const result = await confirmNumber(services, ticket, code);
  const known = await readConfirmation(services, ticket);
  if (!known) return htmlAnswer(confirmUnknownPage(frameOf(services)), 400);
  // The page that follows can be reloaded, and gone back to.
  if (result === 'confirmed') return redirectAnswer(paths.confirm);
  return showPage(services, known, stateOfTry(result), 400, errorOfTry(result, known));
}

function stateOfTry(result: Confirmed): ConfirmPage['state'] {
  return result === 'no tries left' || result === 'code expired' ? result : 'enter code';
}

function errorOfTry(result: Confirmed, { triesLeft }: Confirmation): string | undefined {
  if (result !== 'wrong') return undefined;
  const left = triesLeft === 1 ? 'one more try' : `${triesLeft} more tries`;
  return `This is not the code that was texted. Please look again; you have ${left}.`;
}

async function resend(services: Services, ticket: string, request: HttpRequest): Promise<HttpResponseInit> {
  const sent = await sendCode(services, ticket, await clientOf(services, request));
  const known = await readConfirmation(services, ticket);
  if (!known) return htmlAnswer(confirmUnknownPage(frameOf(services)), 400);
  return showPage(
    services,
    known,
    sent === 'not sent' ? await stateOfUnsent(services, known) : stateOfSend(sent),
    statusOfSend(sent),
    errorOfSend(sent),
    sent !== 'limited',
  );
}

function statusOfSend(sent: CodeSent): number {
  if (sent === 'limited') return 429;
  return sent === 'not sent' ? 503 : 200;
}

function stateOfSend(sent: CodeSent): ConfirmPage['state'] {
  if (sent === 'sent') return 'enter code';
  return sent === 'stopped' ? 'stopped' : 'not sent';
}

async function stateOfUnsent(services: Services, known: Confirmation): Promise<ConfirmPage['state']> {
  const code = await whereIsCode(services, known);
  return code === 'undeliverable' ? code : 'not sent';
}

function errorOfSend(sent: CodeSent): string | undefined {
  return sent === 'limited'
    ? 'As many codes as are allowed in a day have been sent. Please come back to this page tomorrow.'
    : undefined;
}

async function showState(services: Services, known: Confirmation): Promise<HttpResponseInit> {
  const now = services.clock.now();
  if (await isStopped(services, known.phone)) return showPage(services, known, 'stopped');
  const code = known.codeNumber === 0 ? 'not sent' : await whereIsCode(services, known);
  if (code !== 'on its way') return showPage(services, known, code);
  if (known.triesLeft === 0) return showPage(services, known, 'no tries left');
  return showPage(services, known, known.codeExpiresAt <= now ? 'code expired' : 'enter code');
}

async function showPage(
  services: Services,
  known: Confirmation,
  state: ConfirmPage['state'],
  status = 200,
  error?: string,
  resendPossible = true,
): Promise<HttpResponseInit> {
  const connection = await readConnection(services, known.connection);
  const isSignUp = connection?.confirmBy !== undefined;
  const page = confirmPage(frameOf(services), {
    phone: services.phoneNumbers.show(known.phone),
    state,
    error,
    resendPossible: resendPossible && services.sms.missing.length === 0,
    sender: senderOf(services),
    purpose: isSignUp ? 'sign-up' : 'change number',
    minutes: Math.round(services.policy.times.codeMs / 60_000),
    backTo: isSignUp || !connection ? undefined : await pathOf(services, connection),
    confirmByHours: Math.round(services.policy.times.confirmMs / 3_600_000),
  });
  return htmlAnswer(page, status);
}

async function finish(services: Services, { connection }: Confirmation): Promise<HttpResponseInit> {
  const answer = await showConnected(services, { connection });
  return { ...answer, cookies: [confirmationCookie.takeBack(services.publicUrl)] };
}
