/**
 * How the errors that a provider documents are written down, so that a test can loop over all of them and a person can
 * switch one on. Status, type and reason are the provider's; where its wording is not known, it is ours.
 */
import type { ProviderErrorCode } from '../../src/errors';
import type { ProviderId } from '../../src/model';
import type { Answer, Endpoint, Fault } from './faults';

interface FaultRow extends Required<Answer> {
  /** In plain words, for the pages of the simulators. */
  readonly label: string;
  /** What the service has to make of it. `revoked`: revoking counts as done, because the token is dead already. */
  readonly means: ProviderErrorCode | 'revoked';
}

/** By `endpoint.what`. */
export type FaultTable = Readonly<Record<`${Endpoint | 'any'}.${string}`, FaultRow>>;

export const json = { 'content-type': 'application/json' };
export const web = { 'content-type': 'text/html' };

export const frontEndPage = (code: number, words: string): string =>
  `<!doctype html><title>${code} ${words}</title><h1>${code} ${words}</h1>`;

export function fault(
  label: string,
  means: FaultRow['means'],
  status: number,
  body: string,
  headers: Record<string, string> = json,
): FaultRow {
  return { label, means, status, headers, body };
}

/** A web page where an answer was expected, with the words that the status has. */
export function pageFault(
  means: FaultRow['means'],
  status: number,
  words: string,
  page = frontEndPage(status, words),
): FaultRow {
  return fault(`A web page instead of an answer: ${words.toLowerCase()}`, means, status, page, web);
}

/** A web page of a proxy in front of the provider that cannot reach it. */
export function proxyPage(means: FaultRow['means'], page = frontEndPage(502, 'Bad Gateway')): FaultRow {
  return fault('A web page of a proxy: bad gateway', means, 502, page, web);
}

export interface DocumentedFault extends FaultRow {
  /** `provider.endpoint.what`. */
  readonly name: string;
  readonly provider: ProviderId;
  readonly endpoint: Endpoint | 'any';
}

export function faultsIn(provider: ProviderId, table: FaultTable): DocumentedFault[] {
  return Object.entries(table).map(([name, row]) => ({
    ...row,
    name: `${provider}.${name}`,
    provider,
    endpoint: name.split('.')[0] as Endpoint | 'any',
  }));
}

/** A documented fault as a switch; `endpoint` puts it somewhere else than where its name says. */
export function asSwitch(
  { name, status, headers, body, ...documented }: DocumentedFault,
  times: number,
  endpoint = documented.endpoint,
): Fault {
  return { kind: 'answer', name, endpoint, times, status, headers, body };
}
