/** `GET/POST signup`: the form, then off to the provider. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { availableProviders, readReadiness } from '../../domain/operation/readiness';
import { waysOf } from '../../domain/contact/addresses';
import { contactOf } from '../../domain/contact/address-of';
import { notConfiguredPage, signUpPage, type SignUpPage } from '../../pages/sign-up-page';
import { addressIn } from '../../pages/layout';
import { sayCountries } from '../../pages/say';
import type { Provider } from '../../ports';
import { Secret } from '../../secret';
import type { Services } from '../../services';
import { paths } from '../../paths';
import { refuseTooMany } from '../http/client-address';
import { loginCookie } from './cookies';
import { htmlAnswer, redirectAnswer } from '../http/answers';
import { consentNow, readContact } from './contact-field';
import { onPage } from './on-page';
import { languageNamed, type Viewer } from './viewer';
import { beginSignUp } from '../../domain/wearer/begin-sign-up';
import { findInvite, invitePattern } from '../../domain/wearer/invites';
import type { Words } from '../../pages/words/catalogue';
import { longestField, readForm, readSharing, textOf } from '../http/read-request';

export const signUp = (services: Services) =>
  onPage(services, async (request, viewer) => {
    const providers = await availableProviders(services);
    const [first] = providers;
    if (!first) {
      const { missing } = await readReadiness(services);
      return htmlAnswer(notConfiguredPage(viewer.frame, { missing }), 503);
    }
    if (request.method === 'POST') return startSignUp(services, viewer, providers, request);
    const invite = (request.query.get('invite') ?? '').slice(0, longestField);
    const { error } = invitePattern.test(invite)
      ? await readInvitation(services, viewer.frame.words, invite)
      : {};
    return showForm(services, viewer, providers, {
      entered: { phone: '', agreed: false, invite },
      ...(error !== undefined && { errors: { invite: error } }),
    });
  });

function showForm(
  services: Services,
  { frame }: Viewer,
  providers: readonly Provider[],
  { entered, errors = {} }: Pick<SignUpPage, 'entered'> & Partial<Pick<SignUpPage, 'errors'>>,
): Promise<HttpResponseInit> {
  const { policy, publicUrl, inviteCode } = services;
  const { words } = frame;
  const query = entered.invite === '' ? {} : { invite: entered.invite };
  const page = signUpPage(
    { ...frame, switchable: true, query },
    {
      entered: { ...entered, language: words.language },
      errors,
      providers: providers.map(({ id, name }) => ({ id, name, chosen: id === entered.provider })),
      ways: waysOf(services),
      inviteNeeded: inviteCode !== undefined,
      isInvited: invitePattern.test(entered.invite),
      address: publicUrl + addressIn(frame, paths.signUp, query),
      countries: sayCountries(words, policy.countries),
      defaultCountry: sayCountries(words, policy.countries.slice(0, 1)),
    },
  );
  return htmlAnswer(page, Object.keys(errors).length === 0 ? 200 : 400, providers);
}

async function startSignUp(
  services: Services,
  viewer: Viewer,
  providers: readonly Provider[],
  request: HttpRequest,
): Promise<HttpResponseInit> {
  const form = await readForm(request);
  viewer.chose(languageNamed(form.get('language')));
  const { words } = viewer.frame;
  // Before anything is judged: an invite code must not be guessed either.
  await refuseTooMany(services, request, ({ problems }) => problems.tooManySignUps);
  const chosen = form.get('provider');
  const provider = chosen === null ? providers[0] : providers.find(({ id }) => id === chosen);
  const { address, ...read } = await readContact(services, words, form);
  const entered = {
    ...read.entered,
    language: languageNamed(form.get('language')),
    provider: provider?.id,
    invite: textOf(form, 'invite'),
  };
  const invitation = await readInvitation(services, words, entered.invite);
  const errors = {
    ...(provider ? {} : { provider: words.fields.chooseOne }),
    ...(invitation.error !== undefined && { invite: invitation.error }),
    ...read.errors,
  };
  if (!provider || Object.keys(errors).length > 0) {
    return showForm(services, viewer, providers, { entered, errors });
  }
  const { authorizeUrl, state, codeVerifier } = await beginSignUp(services, {
    provider,
    contact: address && { ...contactOf(address), textConsent: consentNow(services, address) },
    language: entered.language,
    sharedWith: readSharing(services, form),
    invite: invitation.row,
  });
  const invite = invitation.row === undefined ? undefined : entered.invite;
  const cookie = loginCookie.write(services.publicUrl, state, { codeVerifier, invite });
  return redirectAnswer(authorizeUrl, [cookie]);
}

/** Either the code that everybody has, or an invite of one's own, which counts also where no code is needed. */
async function readInvitation(
  services: Services,
  { signUp: says }: Words,
  given: string,
): Promise<{ readonly row?: string; readonly error?: string }> {
  if (invitePattern.test(given)) {
    const row = await findInvite(services, given);
    return row === undefined ? { error: says.inviteUsed } : { row };
  }
  const { inviteCode } = services;
  if (inviteCode === undefined || inviteCode.equals(new Secret(given))) return {};
  return { error: says.inviteUnknown };
}
