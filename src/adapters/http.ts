/**
 * HTTP by axios, for the providers. One request is one request: nothing is repeated here (a repeated POST could
 * spend a refresh token), no redirect is followed, no proxy is asked, and an answer is never an exception.
 */
import axios, { type AxiosRequestConfig } from 'axios';
import type { Http, HttpRequest } from '../ports';
import { Secret } from '../secret';

const largestAnswer = 4 * 1024 * 1024;

export const sendHttp: Http = async (request) => {
  try {
    const { status, headers, data } = await axios.request<unknown>({
      ...toAxios(request),
      signal: AbortSignal.timeout(request.timeoutMs),
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: largestAnswer,
      proxy: false,
      responseType: 'arraybuffer',
      // Axios would parse, trim or quote what looks like JSON, or should be.
      transformRequest: asItIs,
      transformResponse: asItIs,
    });
    const content = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
    return {
      answered: true,
      status,
      headers: lowerCase(headers),
      body: parseJson(content.toString()),
      content,
    };
  } catch (error) {
    if (isTooLarge(error)) return { answered: false, sent: true, tooLarge: true };
    return { answered: false, sent: !neverConnected(error) };
  }
};

const asItIs = (data: unknown): unknown => data;

function toAxios({ method, url, headers, authorization, form, body }: HttpRequest): AxiosRequestConfig {
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...headers,
      ...(authorization && { authorization: authorizationHeader(authorization) }),
      // Without one, axios would name one of its own.
      ...(headers?.['content-type'] === undefined && { 'content-type': false }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form && { data: encodeForm(form) }),
    // Axios takes no other array of bytes.
    ...(body !== undefined && { data: Buffer.from(body) }),
  };
}

function authorizationHeader(authorization: NonNullable<HttpRequest['authorization']>): string {
  if ('bearer' in authorization) return `Bearer ${authorization.bearer.reveal()}`;
  const { username, password } = authorization;
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

function encodeForm(form: NonNullable<HttpRequest['form']>): string {
  const fields = Object.entries(form).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return new URLSearchParams(fields as [string, string][]).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function isTooLarge(error: unknown): boolean {
  return axios.isAxiosError(error) && error.message.startsWith('maxContentLength');
}

/** Failures of the name look-up, of connecting, or of TLS: the request itself was certainly not sent. */
function neverConnected(error: unknown): boolean {
  const { code = '', syscall, cause } = error as { code?: string; syscall?: string; cause?: unknown };
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) return true;
  if (/^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)) return true;
  return cause !== undefined && cause !== error && neverConnected(cause);
}
