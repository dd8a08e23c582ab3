/** `GET/POST confirm`: for the browser that entered a number or an address. The six digits that were texted are typed in here. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { confirmAddress, readConfirmation, sendCode, whereIsCode } from '../../domain/wearer/confirm-address';
import { isSkipped, skipConfirmation } from '../../domain/wearer/forget-confirmations';
import { addressOf } from '../../domain/contact/address-of';
import { setAddress } from '../../domain/contact/addresses';
import { codeDigits, deriveLink } from '../../domain/contact/keyed-values';
import { heldByLink, linkVersionOf } from '../../domain/contact/personal-link';
import type { Confirmation } from '../../model';
import { addressConfirmedPage, mailSentPage, type MailSentPage } from '../../pages/confirm-email-page';
import { confirmedPage, confirmPage, confirmUnknownPage, type ConfirmPage } from '../../pages/confirm-page';
import { Secret } from '../../secret';
import type { Services } from '../../services';
import { paths } from '../../paths';
import { arrive, type Arrival } from './arrive';
import { clientOf } from '../http/client-address';
import { confirmationCookie, noticeCookie } from './cookies';
import { htmlAnswer, redirectAnswer, senderOf } from '../http/answers';
import { onPage } from './on-page';
import { ownOf } from '../http/own-property';
import { PageError } from '../http/page-error';
import type { Viewer } from './viewer';
import { readConnection, readOpenConnection } from '../../domain/connection/read';
import { readForm } from '../http/read-request';

export const confirm = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const form = request.method === 'POST' ? await readForm(request) : undefined;
    const ticket = confirmationCookie.read(services.publicUrl, request);
    const known = ticket === undefined ? undefined : await readConfirmation(services, ticket);
    if (ticket === undefined || !known) return htmlAnswer(confirmUnknownPage(viewer.frame), form ? 400 : 200);
    const connection = await readOpenConnection(services, known.connection);
    if (!connection) return htmlAnswer(confirmUnknownPage(viewer.frame), 400);
    viewer.chose(connection.preferences?.language ?? known.language);
    const confirmed = known.email ? addressConfirmedPage : confirmedPage;
    if (known.confirmedAt !== undefined) return htmlAnswer(confirmed(viewer.frame));
    const isSignUp = connection.confirmBy !== undefined;
    const action = form?.get('action') ?? '';
    if (isSkipped(known) && action !== 'skip') {
      return htmlAnswer(confirmUnknownPage(viewer.frame), form ? 400 : 200);
    }
    switch (action) {
      case 'confirm':
        return tryCode(services, known, ticket, { typed: form?.get('code') ?? '', isSignUp });
      case 'resend':
        return resend(services, ticket, request);
      case 'skip':
        // Only a sign-up can go on without an address; a change just leaves the one there was.
        if (isSignUp) await goOnWithout(services, known);
        await skipConfirmation(services, ticket, known);
        // A wearer whose address is confirmed already finds the link in a text, because the ticket alone opens nothing.
        return addressOf(connection) === undefined
          ? finish(services, known, 'connected')
          : htmlAnswer(confirmed(viewer.frame));
      default:
        if (form) throw new PageError('INPUT_INVALID', ({ problems }) => problems.otherForm);
        return showOnce(services, viewer, known, request);
    }
  });

/** Every answer leads to a page that can be reloaded without costing a try. */
async function tryCode(
  services: Services,
  known: Confirmation,
  ticket: string,
  { typed, isSignUp }: { readonly typed: string; readonly isSignUp: boolean },
): Promise<HttpResponseInit> {
  // As people write it, with a space or a hyphen in the middle.
  const digits = typed.slice(0, 40).normalize('NFKC').replace(/\D/g, '');
  // What cannot be a code is a slip, and no guess.
  if (digits.length !== codeDigits) return sayNext(services, 'no-code');
  const result = await confirmAddress(services, ticket, new Secret(digits));
  if (result === 'confirmed') return finish(services, known, isSignUp ? 'connected' : 'number');
  return sayNext(services, result === 'wrong' ? 'wrong-code' : undefined);
}

async function resend(services: Services, ticket: string, request: HttpRequest): Promise<HttpResponseInit> {
  const sent = await sendCode(services, ticket, await clientOf(services, request));
  return sayNext(services, sent === 'sent' ? 'new-code' : sent === 'limited' ? 'limited' : undefined);
}

/** What the page says once, beside how things are. */
type Note = 'wrong-code' | 'no-code' | 'new-code' | 'limited';

function sayNext({ publicUrl }: Services, note: Note | undefined): HttpResponseInit {
  return redirectAnswer(paths.confirm, note === undefined ? [] : [noticeCookie.write(publicUrl, note)]);
}

async function showOnce(
  services: Services,
  viewer: Viewer,
  known: Confirmation,
  request: HttpRequest,
): Promise<HttpResponseInit> {
  const note = noticeCookie.read(services.publicUrl, request);
  const answer = await (known.email ? showMailSent : showNoted)(services, viewer, known, note);
  if (note === undefined || request.method === 'HEAD') return answer;
  return { ...answer, cookies: [noticeCookie.clear(services.publicUrl)] };
}

async function showNoted(
  services: Services,
  viewer: Viewer,
  known: Confirmation,
  note: string | undefined,
): Promise<HttpResponseInit> {
  const says = viewer.frame.words.confirm;
  const state = await stateOf(services, known);
  if (note === ('limited' satisfies Note)) {
    return showPage(services, viewer, known, {
      state: 'not sent',
      error: says.tooManyCodes,
      resendPossible: false,
    });
  }
  if (state !== 'enter code') return showPage(services, viewer, known, { state });
  const errors: Readonly<Record<string, string>> = {
    ['wrong-code' satisfies Note]: says.wrong(known.triesLeft),
    ['no-code' satisfies Note]: says.sixDigits,
  };
  const error = ownOf(errors, note);
  return showPage(services, viewer, known, { state, error, renewed: note === ('new-code' satisfies Note) });
}

async function showMailSent(
  services: Services,
  { frame }: Viewer,
  known: Confirmation,
  note: string | undefined,
): Promise<HttpResponseInit> {
  const { email, emailAddresses, policy } = services;
  const isLimited = note === ('limited' satisfies Note);
  const where = known.codeNumber === 0 || isLimited ? 'not sent' : await whereIsCode(services, known);
  const page: MailSentPage = {
    email: emailAddresses.show(known.email!),
    state: where,
    error: isLimited ? frame.words.byEmail.confirm.tooMany : undefined,
    renewed: note === ('new-code' satisfies Note),
    resendPossible: !isLimited && email.missing.length === 0,
    purpose: (await isSigningUp(services, known)) ? 'sign-up' : 'change address',
    confirmByHours: Math.round(policy.times.confirmMs / hourMs),
  };
  return htmlAnswer(mailSentPage(frame, page));
}

const hourMs = 3_600_000;

async function isSigningUp(services: Services, { connection }: Confirmation): Promise<boolean> {
  return (await readConnection(services, connection))?.confirmBy !== undefined;
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
    error,
    renewed,
    resendPossible = true,
  }: Pick<ConfirmPage, 'state' | 'error' | 'renewed'> & { readonly resendPossible?: boolean },
): Promise<HttpResponseInit> {
  const page = confirmPage(frame, {
    phone: known.phone ? await services.phoneNumbers.show(known.phone) : '',
    state,
    error,
    renewed,
    resendPossible: resendPossible && services.sms.missing.length === 0,
    sender: await senderOf(services),
    purpose: (await isSigningUp(services, known)) ? 'sign-up' : 'change number',
    minutes: Math.round(services.policy.times.codeMs / 60_000),
    confirmByHours: Math.round(services.policy.times.confirmMs / hourMs),
  });
  return htmlAnswer(page);
}

/** The link that counted when the address was entered: a later one is not for this browser. */
function linkOfTicket(services: Services, known: Confirmation): Promise<string> {
  return deriveLink(services, known.connection, linkVersionOf(known));
}

/** @throws AppError `LINK_REPLACED` */
async function goOnWithout(services: Services, { connection, linkVersion }: Confirmation): Promise<void> {
  await setAddress(heldByLink(services, { id: connection, linkVersion }), connection, undefined);
}

/**
 * The cookie stays: without it, a form that is sent twice would end at a page that knows nothing of the first time.
 *
 * @param known one that was confirmed just now, or that the wearer goes on without
 */
export async function finish(
  services: Services,
  known: Confirmation,
  arrival: Arrival,
): Promise<HttpResponseInit> {
  return arrive(services, await linkOfTicket(services, known), arrival);
}
