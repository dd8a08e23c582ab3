/**
 * What settings can look like: src/setting-table.ts says which one looks how. A setting is text, so plain functions read it: making shapes of zod
 * for all of them took half of a start.
 */
import { countryCodes } from './country-codes';
import { isLoopback } from './loopback';
import { choices } from './model/policy';
import { readSchedule } from './ncrontab';
import type { LogLevel } from './ports';

export interface Format<T> {
  /** @throws SyntaxError which says what the text must be, and does not show it */
  (text: string): T;
  /** All that it can be, where they are few. */
  readonly values?: readonly string[];
}

export function refuse(what: string): never {
  throw new SyntaxError(what);
}

export const anyText: Format<string> = (text) => text;

function matching(pattern: RegExp, what: string): Format<string> {
  return (text) => (pattern.test(text) ? text : refuse(what));
}

function oneOf<T extends string>(values: readonly T[], what: string): Format<T> {
  const read = (text: string): T => values.find((value) => value === text) ?? refuse(what);
  return Object.assign(read, { values });
}

const itemsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);
const url: Format<string> = (text) =>
  isUrl(text) ? text.replace(/\/+$/, '') : refuse('must be an http or https address');
/** Plain http is for loopback only. */
const isSecure = (address: string): boolean => /^https:/i.test(address) || isLoopback(address);
export const secureUrl: Format<string> = (text) => {
  const read = url(text);
  if (isSecure(read)) return read;
  return refuse('must begin with https:; plain http is allowed only for loopback addresses');
};
/** Each once. */
export const secureUrls: Format<readonly string[]> = (text) => {
  const all = itemsOf(text);
  if (all.every((each) => isUrl(each) && isSecure(each))) return [...new Set(all.map(url))];
  return refuse('must be a list of https addresses, such as https://tokens-2.vault.azure.net');
};
export const simulatorUrl: Format<string> = (text) => {
  const read = url(text);
  if (isLoopback(read)) return read;
  return refuse('must be a loopback address, because a simulator takes the place of the provider there');
};
/** Scheme, host and port; paths are ours. */
export const origin: Format<string> = (text) => {
  const read = secureUrl(text);
  const { origin: own } = new URL(read);
  // Capital letters make no other host.
  if (own === read.toLowerCase()) return own;
  return refuse('must be an origin without a path, such as https://tokens.example.com');
};
export const ncrontab: Format<string> = (text) => {
  readSchedule(text);
  return text;
};
/** ISO 3166. */
export const countries: Format<readonly string[]> = (text) => {
  const codes = itemsOf(text.toUpperCase());
  if (codes.length > 0 && codes.every((code) => countryCodes.has(code))) return codes;
  return refuse('must be a list of country codes, such as US, CA');
};
/** Pages that people come back to: https, or plain http on this machine. */
export const addresses: Format<readonly string[]> = (text) => {
  const all = itemsOf(text);
  if (all.every(isReturnAddress)) return all;
  return refuse('must be a list of https addresses without a query, such as https://study.example.org/join');
};
/** They may have a query, and hold a key in it. */
export const webhookUrls: Format<readonly string[]> = (text) => {
  const all = [...new Set(itemsOf(text))];
  if (all.every(isWebhookUrl)) return all;
  return refuse(
    'must be a list of https addresses without a user and a fragment, such as https://study.example.org/webhooks',
  );
};
/** azd writes it into JSON as it is. */
export function freeText({
  least = 0,
  most,
}: {
  readonly least?: number;
  readonly most: number;
}): Format<string> {
  return (text) => {
    if (/["\\]/.test(text)) {
      refuse('must not contain a quotation mark or a backslash, because azd cannot pass them on');
    }
    if (/\p{Cc}/u.test(text)) refuse('must not contain a line break or another control character');
    if (text.length < least) refuse(`must be at least ${least} characters long`);
    if (text.length > most) refuse(`must be at most ${most} characters long`);
    return text;
  };
}
const isEmailAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>",;\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text);
export const emailAddress: Format<string> = (text) =>
  isEmailAddress(text) ? text : refuse('must be an e-mail address such as alerts@example.com');

interface DigestEntry {
  readonly site: string | undefined;
  readonly address: string;
}
/** `lead@example.org,Leeds=anna@example.org`: the name of a site before an address limits it to that site. */
export const digestAddresses: Format<readonly DigestEntry[]> = (text) => {
  const entries = text
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const at = entry.lastIndexOf('=');
      return { site: at < 0 ? undefined : entry.slice(0, at).trim(), address: entry.slice(at + 1).trim() };
    });
  if (entries.every(({ site, address }) => site !== '' && isEmailAddress(address))) return entries;
  return refuse(
    'must be a list of e-mail addresses such as lead@example.org,Leeds=anna@example.org, where a site before an address limits it to that site',
  );
};
/** How many texts: per day, or per month for the monthly budget. */
export const limit: Format<number> = (text) => {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : refuse('must be a whole number above 0');
};
export const threshold: Format<number> = (text) => {
  const { least, most } = choices.threshold;
  const percent = Number(text);
  if (Number.isInteger(percent) && percent >= least && percent <= most) return percent;
  return refuse(`must be a whole number from ${least} to ${most} (percent)`);
};
export const factor: Format<number> = (text) => {
  const value = Number(text);
  return value > 0 && value <= 1 ? value : refuse('must be a number above 0 and at most 1');
};
const yes = ['true', '1', 'yes', 'on', 'y', 'enabled'];
const no = ['false', '0', 'no', 'off', 'n', 'disabled'];
export const flag: Format<boolean> = (text) => {
  const word = text.toLowerCase();
  return yes.includes(word) || (no.includes(word) ? false : refuse('must be true or false'));
};
export const clientId = matching(
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  'must be a client id: a GUID such as 00000000-0000-0000-0000-000000000000',
);
export const localStorage: Format<string> = (text) =>
  isLocalStorage(text)
    ? text
    : refuse(
        'must point at Azurite on a loopback address. In Azure, remove it and set AzureWebJobsStorage__accountName, because keys are not used there',
      );
export const accountName = matching(
  /^[a-z0-9]{3,24}$/,
  'must be the name of a storage account: 3 to 24 lowercase letters and digits',
);
export const phoneNumber = matching(/^\+[1-9]\d{6,14}$/, 'must be a number such as +14255550123');
export const sender = matching(
  /^(\+[1-9]\d{6,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\d{3,6})$/,
  'must be a number such as +18005551234, a short code such as 12345, or a sender name of up to 11 letters, digits and blanks',
);
export const contact = matching(
  /^([^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+|https:\/\/[^\s"\\]+)$/,
  'must be an e-mail address or an https address',
);
export const serviceName: Format<string> = (text) => {
  if (text.length > 30) refuse('must be at most 30 characters long');
  if (/^[A-Za-z0-9 .,()&+-]+$/.test(text)) return text;
  return refuse(
    'may only contain letters, digits, spaces and . , ( ) & + -, because not every phone shows other characters',
  );
};
/** The platform writes True; whatever else it writes one day is not. */
export const platformFlag: Format<boolean> = (text) => text.toLowerCase() === 'true';
export const smsMode = oneOf(['send', 'log'], 'must be send or log');
const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];
export const logLevel = oneOf(logLevels, 'must be debug, info, warn or error');

/** Azurite's short form, or a connection string all of whose endpoints are on loopback. */
function isLocalStorage(connectionString: string): boolean {
  if (connectionString === 'UseDevelopmentStorage=true') return true;
  const parts = connectionString.split(';').map((part) => part.split('=', 1)[0]?.trim().toLowerCase());
  // Both would send a service without an endpoint of its own somewhere else.
  if (parts.includes('endpointsuffix') || parts.includes('developmentstorageproxyuri')) return false;
  return ['Blob', 'Queue', 'Table'].every((service) => {
    const endpoints = [...connectionString.matchAll(new RegExp(`${service}Endpoint=([^;]*)`, 'gi'))];
    return endpoints.length > 0 && endpoints.every(([, endpoint = '']) => isLoopback(endpoint));
  });
}

function isReturnAddress(text: string): boolean {
  return isAddress(text) && new URL(text).search === '';
}

function isWebhookUrl(text: string): boolean {
  return isAddress(text) && !/["\\]/.test(text);
}

/** https, or plain http on this machine, without a user and a fragment. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hash, username, password } = new URL(text);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && isLoopback(text));
  return isSecure && hash + username + password === '';
}
