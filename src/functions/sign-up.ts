/** `GET/POST signup`: the form, then off to the provider. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { beginSignUp } from '../domain/wearer/connect';
import { availableProviders, readReadiness } from '../domain/operation/readiness';
import { notConfiguredPage, signUpPage, textConsentWording, type SignUpPage } from '../pages/sign-up';
import type { Provider } from '../ports';
import { Secret } from '../secret';
import type { Services } from '../services';
import { paths } from '../paths';
import { refuseTooMany } from './client-address';
import { loginCookie } from './cookies';
import { isEmbeddedBrowser } from './embedded-browser';
import { frameOf, htmlAnswer, readForm, readSharing, redirectAnswer, textOf } from './http-answers';
import { preferredLanguage, readLanguage } from './language-field';
import { listCountries, readNumber } from './number-field';
import { onPage } from './page';

export const signUp = (services: Services) =>
  onPage(services, async (request) => {
    const providers = await availableProviders(services);
    const [first] = providers;
    if (!first) {
      const { missing } = await readReadiness(services);
      return htmlAnswer(notConfiguredPage(frameOf(services), { missing }), 503);
    }
    if (request.method === 'POST') return startSignUp(services, providers, first, request);
    const language = preferredLanguage(request.headers.get('accept-language'));
    return showForm(services, providers, request, { phone: '', language, agreed: false, invite: '' }, {});
  });

function showForm(
  services: Services,
  providers: readonly Provider[],
  request: HttpRequest,
  entered: SignUpPage['entered'],
  errors: SignUpPage['errors'],
): Promise<HttpResponseInit> {
  const { policy, publicUrl, inviteCode, sms } = services;
  const page = signUpPage(frameOf(services), {
    entered,
    errors,
    providers: providers.map(({ id, name }) => ({ id, name, chosen: id === entered.provider })),
    textsPossible: sms.missing.length === 0,
    inviteNeeded: inviteCode !== undefined,
    embeddedBrowser: isEmbeddedBrowser(request.headers.get('user-agent') ?? ''),
    address: publicUrl + paths.signUp,
    countries: listCountries(policy.countries),
    defaultCountry: listCountries(policy.countries.slice(0, 1)),
  });
  return htmlAnswer(page, Object.keys(errors).length === 0 ? 200 : 400, providers);
}

async function startSignUp(
  services: Services,
  providers: readonly Provider[],
  first: Provider,
  request: HttpRequest,
): Promise<HttpResponseInit> {
  const form = await readForm(request);
  // Before anything is judged: an invite code must not be guessed either.
  await refuseTooMany(services, request, 'Too many sign-ups came from your network today.');
  const chosen = form.get('provider');
  const provider = chosen === null ? first : providers.find(({ id }) => id === chosen);
  const entered = {
    phone: textOf(form, 'phone'),
    language: readLanguage(form),
    provider: provider?.id,
    agreed: textOf(form, 'agree') === 'yes',
    invite: textOf(form, 'invite'),
  };
  const number = readNumber(services, entered.phone, entered.agreed);
  const errors = {
    ...(provider ? {} : { provider: 'Please choose one of the providers listed.' }),
    ...(isInvited(services, entered.invite)
      ? {}
      : { invite: 'This invite code is not known. Please check it.' }),
    ...number.errors,
  };
  if (!provider || Object.keys(errors).length > 0) {
    return showForm(services, providers, request, entered, errors);
  }
  const { authorizeUrl, state, codeVerifier } = await beginSignUp(services, {
    provider,
    number: number.phone && {
      phone: number.phone,
      textConsent: { at: services.clock.now(), wording: textConsentWording },
    },
    language: entered.language,
    sharedWith: readSharing(services, form),
  });
  return redirectAnswer(authorizeUrl, [loginCookie.write(services.publicUrl, state, codeVerifier)]);
}

function isInvited({ inviteCode }: Services, given: string): boolean {
  return inviteCode === undefined || inviteCode.isSame(new Secret(given));
}
