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
import { setNumber } from '../domain/wearer/numbers';
import { deriveLink } from '../domain/wearer/derived';
import { heldByLink, linkVersionOf } from '../domain/wearer/manage-links';
import type { Confirmation } from '../model';
import { confirmPage, confirmUnknownPage, type ConfirmPage } from '../pages/confirm';
import { Secret } from '../secret';
import type { Services } from '../services';
import { paths } from '../paths';
import { clientOf } from './client-address';
import { showConnected } from './connected';
import { confirmationCookie } from './cookies';
import { htmlAnswer, readForm, redirectAnswer, senderOf } from './http-answers';
import { onPage } from './page';
import { PageError } from './page-error';
import type { Viewer } from './viewer';

export const confirm = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const form = request.method === 'POST' ? await readForm(request) : undefined;
    const ticket = confirmationCookie.read(services.publicUrl, request);
    const known = ticket === undefined ? undefined : await readConfirmation(services, ticket);
    if (ticket === undefined || !known) return htmlAnswer(confirmUnknownPage(viewer.frame), form ? 400 : 200);
    const connection = await readOpenConnection(services, known.connection);
    if (!connection) return htmlAnswer(confirmUnknownPage(viewer.frame), 400);
    viewer.chose(connection.preferences?.language ?? known.language);
    if (known.confirmedAt !== undefined) return showEnd(services, viewer, known);
    switch (form?.get('action') ?? '') {
      case 'confirm':
        return tryCode(services, viewer, ticket, form?.get('code') ?? '');
      case 'resend':
        return resend(services, viewer, ticket, request);
      case 'skip':
        // Only a sign-up can go on without a number; a change just leaves the one there was.
        if (connection.confirmBy !== undefined) await goOnWithout(services, known);
        await forgetConfirmations(services, known.connection);
        return finish(services, viewer, known);
      default:
        if (form) throw new PageError('INPUT_INVALID', ({ problems }) => problems.otherForm);
        return showState(services, viewer, known);
    }
  });

async function tryCode(
  services: Services,
  viewer: Viewer,
  ticket: string,
  typed: string,
): Promise<HttpResponseInit> {
  // As people write it, with a space or a hyphen in the middle.
  const code = new Secret(typed.slice(0, 20).replace(/[\s-]/g, ''));
  const result = await confirmNumber(services, ticket, code);
  const known = await readConfirmation(services, ticket);
  if (!known) return htmlAnswer(confirmUnknownPage(viewer.frame), 400);
  // The page that follows can be reloaded, and gone back to.
  if (result === 'confirmed') return redirectAnswer(paths.confirm);
  const { words } = viewer.frame;
  const error = result === 'wrong' ? words.confirm.wrong(known.triesLeft) : undefined;
  return showPage(services, viewer, known, { state: stateOfTry(result), status: 400, error });
}

function stateOfTry(result: Confirmed): ConfirmPage['state'] {
  return result === 'no tries left' || result === 'code expired' ? result : 'enter code';
}

async function resend(
  services: Services,
  viewer: Viewer,
  ticket: string,
  request: HttpRequest,
): Promise<HttpResponseInit> {
  const sent = await sendCode(services, ticket, await clientOf(services, request));
  const known = await readConfirmation(services, ticket);
  if (!known) return htmlAnswer(confirmUnknownPage(viewer.frame), 400);
  return showPage(services, viewer, known, {
    state: sent === 'not sent' ? await stateOfUnsent(services, known) : stateOfSend(sent),
    status: statusOfSend(sent),
    error: sent === 'limited' ? viewer.frame.words.confirm.tooManyCodes : undefined,
    resendPossible: sent !== 'limited',
  });
}

function statusOfSend(sent: CodeSent): number {
  if (sent === 'limited') return 429;
  return sent === 'not sent' ? 503 : 200;
}

function stateOfSend(sent: CodeSent): ConfirmPage['state'] {
  if (sent === 'sent') return 'enter code';
  return 'not sent';
}

async function stateOfUnsent(services: Services, known: Confirmation): Promise<ConfirmPage['state']> {
  const code = await whereIsCode(services, known);
  return code === 'undeliverable' ? code : 'not sent';
}

async function showState(services: Services, viewer: Viewer, known: Confirmation): Promise<HttpResponseInit> {
  return showPage(services, viewer, known, { state: await stateOf(services, known) });
}

async function stateOf(services: Services, known: Confirmation): Promise<ConfirmPage['state']> {
  const code = known.codeNumber === 0 ? 'not sent' : await whereIsCode(services, known);
  if (code !== 'on its way') return code;
  if (known.triesLeft === 0) return 'no tries left';
  return known.codeExpiresAt <= services.clock.now() ? 'code expired' : 'enter code';
}

async function showPage(
  services: Services,
  { frame }: Viewer,
  known: Confirmation,
  {
    state,
    status = 200,
    error,
    resendPossible = true,
  }: Pick<ConfirmPage, 'state' | 'error'> & { readonly status?: number; readonly resendPossible?: boolean },
): Promise<HttpResponseInit> {
  const connection = await readConnection(services, known.connection);
  const isSignUp = connection?.confirmBy !== undefined;
  const page = confirmPage(frame, {
    phone: services.phoneNumbers.show(known.phone),
    state,
    error,
    resendPossible: resendPossible && services.sms.missing.length === 0,
    sender: senderOf(services),
    purpose: isSignUp ? 'sign-up' : 'change number',
    minutes: Math.round(services.policy.times.codeMs / 60_000),
    confirmByHours: Math.round(services.policy.times.confirmMs / 3_600_000),
  });
  return htmlAnswer(page, status);
}

/** Without the link: whoever has the ticket can type in a code, and opens no page by it. The text has the link. */
function showEnd(
  services: Services,
  viewer: Viewer,
  { connection }: Confirmation,
): Promise<HttpResponseInit> {
  return showConnected(services, viewer, { connection, link: undefined });
}

/** @throws AppError `LINK_REPLACED` */
async function goOnWithout(services: Services, { connection, linkVersion }: Confirmation): Promise<void> {
  await setNumber(heldByLink(services, { id: connection, linkVersion }), connection, undefined);
}

/** A wearer without a number gets the link now: nobody could text it. The ticket ends with it. */
async function finish(services: Services, viewer: Viewer, known: Confirmation): Promise<HttpResponseInit> {
  const { connection: id, linkVersion } = known;
  const isTexted = (await readConnection(services, id))?.phone !== undefined;
  const link = isTexted ? undefined : await deriveLink(services, id, linkVersionOf({ linkVersion }));
  const answer = await showConnected(services, viewer, { connection: id, link });
  return { ...answer, cookies: [confirmationCookie.takeBack(services.publicUrl)] };
}
