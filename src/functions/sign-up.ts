/** `GET/POST signup`: the form, then off to the provider. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { AppError } from '../errors';
import { beginSignUp } from '../domain/connect';
import { availableProviders, readReadiness } from '../domain/readiness';
import { notConfiguredPage, signUpPage } from '../pages/sign-up';
import type { Provider } from '../ports';
import { Secret } from '../secret';
import type { Services } from '../services';
import { htmlAnswer, htmlError, readForm, redirectAnswer } from './http-answers';
import { onHttp } from './invocation';
import { loginCookie } from './login-cookie';

export const signUp = (services: Services) =>
  onHttp(services, htmlError, async (request) => {
    const providers = await availableProviders(services);
    const [first] = providers;
    if (!first) {
      const { missing } = await readReadiness(services);
      return htmlAnswer(notConfiguredPage({ missing }), 503);
    }
    return request.method === 'POST'
      ? startSignUp(services, providers, first, request)
      : showForm(services, providers, { phone: '' });
  });

function showForm(
  services: Services,
  providers: readonly Provider[],
  entered: { phone: string; provider?: string; error?: string },
): Promise<HttpResponseInit> {
  const choices = providers.map(({ id, name }) => ({ id, name, chosen: id === entered.provider }));
  const page = signUpPage({
    ...entered,
    providers: choices,
    textsPossible: services.sms.missing.length === 0,
  });
  return htmlAnswer(page, entered.error === undefined ? 200 : 400, providers);
}

/**
 * A foreign page must not sign somebody up with its own number. `Origin` says nothing here: our pages send no
 * referrer, and browsers then send `Origin: null`.
 */
function refuseCrossSite(request: HttpRequest): void {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    throw new AppError('INPUT_INVALID', 'Please open the sign-up page of this service and use its own form.');
  }
}

async function startSignUp(
  services: Services,
  providers: readonly Provider[],
  first: Provider,
  request: HttpRequest,
): Promise<HttpResponseInit> {
  refuseCrossSite(request);
  const form = await readForm(request);
  const entered = (form.get('phone') ?? '').trim().slice(0, 40);
  const chosen = form.get('provider');
  const provider = chosen === null ? first : providers.find(({ id }) => id === chosen);
  if (!provider) {
    const error = 'Please choose one of the providers listed.';
    return showForm(services, providers, { phone: entered, error });
  }
  const number = entered === '' ? undefined : parsePhoneNumberFromString(entered);
  if (entered !== '' && !number?.isValid()) {
    const error =
      'This does not look like a mobile number. Please enter it with its country code, such as +1 425 555 0123.';
    return showForm(services, providers, { phone: entered, provider: provider.id, error });
  }
  const phone = number && new Secret(number.number);
  const { authorizeUrl, state, codeVerifier } = await beginSignUp(services, { provider, phone });
  const cookie = loginCookie(services.publicUrl, state, codeVerifier);
  return { ...redirectAnswer(authorizeUrl), cookies: [cookie] };
}
