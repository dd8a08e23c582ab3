/**
 * HTTP by axios, for the providers. One request is one request: a repeated POST could spend a refresh token. The only
 * one that is sent again is a GET that met a connection which the server had closed. No redirect is followed, no proxy
 * is asked, and an answer is never an exception.
 */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import type { AxiosRequestConfig } from 'axios';
import type { Http, HttpAnswer, HttpRequest, NoAnswer } from '../ports';
import { Secret } from '../secret';
import { wasCut } from './cut-connection';
import { neverConnected } from './never-connected';

const largestAnswer = 4 * 1024 * 1024;

export const sendHttp: Http = async (request) => {
  // Before the request's time begins.
  await import('./axios');
  const signal = AbortSignal.timeout(request.timeoutMs);
  const config = { ...toAxios(request), signal };
  try {
    return await send(config);
  } catch (error) {
    if (request.method !== 'GET' || !wasClosedBefore(error)) return noAnswer(error);
    return send({ ...config, ...freshConnection }).catch(noAnswer);
  }
};

async function send(config: AxiosRequestConfig): Promise<HttpAnswer> {
  const { axios } = await import('./axios');
  const { status, headers, data } = await axios.request<unknown>({
    ...config,
    validateStatus: () => true,
    maxRedirects: 0,
    maxContentLength: largestAnswer,
    proxy: false,
    responseType: 'arraybuffer',
    // Axios hands on the beginning of a compressed answer that was cut off, as if it were all.
    decompress: false,
    // Axios would parse, trim or quote what looks like JSON, or should be.
    transformRequest: asItIs,
    transformResponse: asItIs,
  });
  const received = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
  const answered = lowerCase(headers);
  const content = await decompress(received, answered['content-encoding']);
  return { answered: true, status, headers: answered, body: parseJson(content), content };
}

const freshConnection = { httpAgent: new Agent(), httpsAgent: new TlsAgent() };

/** The server had closed a connection that was kept open for us, before it could see this request. */
function wasClosedBefore(error: unknown): boolean {
  const { request, response } = error as { request?: { reusedSocket?: boolean }; response?: unknown };
  return request?.reusedSocket === true && response === undefined && wasCut(error);
}

function noAnswer(error: unknown): NoAnswer {
  if (isTooLarge(error)) return { answered: false, sent: true, tooLarge: true };
  return { answered: false, sent: !neverConnected(error) };
}

const acceptedEncodings = 'gzip, br';

const decompressors = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
} as const;

/** @throws for an answer that was cut off, or whose encoding was not asked for */
async function decompress(content: Buffer, encoding = ''): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  // RFC 9110 §8.4.1: an answer without content, such as 204 or 304, can name an encoding too.
  if (name === '' || name === 'identity' || content.length === 0) return content;
  if (!Object.hasOwn(decompressors, name))
    throw new Error('The answer has an encoding that was not asked for.');
  return decompressors[name as keyof typeof decompressors](content, { maxOutputLength: largestAnswer });
}

const asItIs = (data: unknown): unknown => data;

function toAxios({ method, url, headers, authorization, form, body }: HttpRequest): AxiosRequestConfig {
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      'accept-encoding': acceptedEncodings,
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

/** RFC 8259 §8.1 lets a reader pass over a byte order mark, and `TextDecoder` does. */
function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content)) as unknown;
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
  const { code, message = '' } = error as { code?: string; message?: string };
  return code === 'ERR_BUFFER_TOO_LARGE' || message.startsWith('maxContentLength');
}
