/** Reads what a request carries: forms, JSON and bytes, each within its bound. */
import type { HttpRequest } from '@azure/functions';
import { AppError } from '../../errors';
import type { Services } from '../../services';
import { PageError } from './page-error';

/** A form of our own page. @throws PageError `INPUT_INVALID` */
export async function readForm(request: HttpRequest): Promise<URLSearchParams> {
  refuseCrossSite(request);
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    throw new PageError('INPUT_INVALID', ({ problems }) => problems.formType);
  }
  return new URLSearchParams(await readText(request));
}

/** What was typed into a field, empty when there is none; no field of ours is longer. */
export function textOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim().slice(0, longestField);
}

/**
 * The same for an address or a number, which cut short could be somebody else's. It is as long as it was typed, and whoever judges it refuses
 * what is too long.
 */
export function uncutTextOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim();
}

/** The host reads these itself, however they are spelt: a function key, and whose key it is. */
const ofTheHost = /^(code|clientid)$/i;

/**
 * A parameter that nobody reads, such as a misspelt filter, would silently give the whole list. A parameter that is given twice would silently
 * lose one of its values.
 *
 * @throws AppError `INPUT_INVALID`, naming the parameter and those that there are
 */
export function refuseOtherParameters({ url }: HttpRequest, known: readonly string[]): void {
  // The host's own list has each name once.
  const given = [...new URL(url).searchParams.keys()].filter((name) => !ofTheHost.test(name));
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const rest = known.length === 0 ? 'It takes none.' : `It takes ${listOf(known)}.`;
    throw new AppError(
      'INPUT_INVALID',
      `This call takes no parameter ${quoted(unknown)} in its address. ${rest}`,
    );
  }
  const twice = given.find((name, at) => given.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new AppError('INPUT_INVALID', `The parameter "${twice}" is given more than once. Give it once.`);
  }
}

/** A name that somebody has sent and that an error repeats: in quotes, and no longer than a field. */
export function quoted(sent: string): string {
  return JSON.stringify(sent.slice(0, longestField));
}

const listOf = (names: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(names.map((name) => `"${name}"`));

/** The party that also gets access, if the page named the same one. */
export function readSharing({ policy }: Services, form: URLSearchParams): string | undefined {
  return form.get('shared') === policy.sharedWith ? policy.sharedWith : undefined;
}

/** @returns nothing for what is no JSON: whoever asked says what it should have been @throws PageError `INPUT_INVALID` */
export async function readJson(request: HttpRequest): Promise<unknown> {
  const text = await readText(request);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** @returns nothing for an empty body @throws PageError `INPUT_INVALID`, `LENGTH_MISSING` */
export async function readBytes(request: HttpRequest, most: number): Promise<Uint8Array | undefined> {
  const isTooLarge = (size: number): boolean => size > most;
  // A body whose declared length is too large is not read at all.
  const tooLarge = isTooLarge(Number(request.headers.get('content-length')));
  const bytes = tooLarge ? undefined : await request.arrayBuffer();
  if (!bytes || isTooLarge(bytes.byteLength)) {
    throw new PageError('INPUT_INVALID', ({ problems }) => problems.tooLarge(most / 1024));
  }
  if (bytes.byteLength > 0) return new Uint8Array(bytes);
  refuseUnknownLength(request);
  return undefined;
}

/**
 * A foreign page must not send our forms with its own content.
 *
 * @throws PageError `INPUT_INVALID`
 */
export function refuseCrossSite(request: HttpRequest): void {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    throw new PageError('INPUT_INVALID', ({ problems }) => problems.otherSite);
  }
}

const largestBody = 16 * 1024;

export const longestField = 100;

export async function readText(request: HttpRequest, most = largestBody): Promise<string> {
  return new TextDecoder().decode(await readBytes(request, most));
}

/**
 * The host hands on only bodies that come with their length, and nothing of a chunked one. (It could stream them, but then anyone can
 * replace all headers of a request by a query parameter named `Headers`: docs/architecture.md, "Why bodies need a length".)
 *
 * @throws PageError `LENGTH_MISSING`
 */
export function refuseUnknownLength({ headers }: HttpRequest): void {
  if (headers.has('content-length')) return;
  // By HTTP/2, a body can come without either header. A type without a body is the only trace of it.
  if (!headers.has('transfer-encoding') && !headers.has('content-type')) return;
  throw new PageError('LENGTH_MISSING', ({ problems }) => problems.noLength);
}
