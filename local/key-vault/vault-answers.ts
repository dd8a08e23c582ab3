/** What the Key Vault emulator answers with: secrets, their versions and deletions, and pages of them. */
import type { Context } from 'hono';
import { VaultError, type Found, type SecretStore } from './store';

export const realPageSize = 25;

/** Whether and for how long what was deleted can be brought back; it is `+Purgeable` where that can be ended before its time. */
export interface Recovery {
  readonly recoveryLevel: string;
  readonly recoverableDays: number;
}

export interface Env {
  Variables: { recovery: Recovery; purgeTimeOf: SecretStore['purgeTimeOf'] };
}

export function badParameter(message: string): VaultError {
  return new VaultError(400, 'BadParameter', message);
}

function vaultOf(c: Context): string {
  return new URL(c.req.url).origin;
}

function propertiesOut(c: Context<Env>, { version }: Found) {
  return {
    contentType: version.contentType,
    attributes: {
      enabled: version.enabled,
      nbf: version.notBefore,
      exp: version.expires,
      created: version.created,
      updated: version.updated,
      ...c.get('recovery'),
    },
    tags: version.tags,
  };
}

function deletionOut(c: Context<Env>, { secret }: Found) {
  const deletedAt = secret.deletedAt ?? 0;
  return {
    recoveryId: `${vaultOf(c)}/deletedsecrets/${secret.name}`,
    deletedDate: deletedAt,
    scheduledPurgeDate: c.get('purgeTimeOf')(deletedAt),
  };
}

export function secretItem(c: Context<Env>, found: Found) {
  return { id: `${vaultOf(c)}/secrets/${found.secret.name}`, ...propertiesOut(c, found) };
}

export function versionItem(c: Context<Env>, found: Found) {
  return {
    id: `${vaultOf(c)}/secrets/${found.secret.name}/${found.version.version}`,
    ...propertiesOut(c, found),
  };
}

export function deletedItem(c: Context<Env>, found: Found) {
  return { ...secretItem(c, found), ...deletionOut(c, found) };
}

export function bundle(c: Context<Env>, found: Found, value?: 'with value') {
  return { ...(value && { value: found.version.value }), ...versionItem(c, found) };
}

export function deletedBundle(c: Context<Env>, found: Found) {
  return { ...bundle(c, found), ...deletionOut(c, found) };
}

export const byName = ({ secret }: Found): string => secret.name.toLowerCase();

// The version ids are random, so this is not the order of creation: as with the real vault, a caller who wants the newest
// has to look at `created`.
export const byVersion = ({ version }: Found): string => version.version;

/**
 * One page, in the order of a key. The link to the next page names the last key shown, so that what is set or
 * deleted in between shifts nothing.
 */
export function pageOf<T>(
  c: Context<Env>,
  found: readonly Found[],
  maxPageSize: number,
  keyOf: (found: Found) => string,
  itemOf: (c: Context<Env>, found: Found) => T,
): { value: T[]; nextLink: string | null } {
  const asked = Number(c.req.query('maxresults') ?? realPageSize);
  if (!Number.isInteger(asked) || asked < 1 || asked > realPageSize) {
    throw badParameter(`maxresults must be a whole number from 1 to ${realPageSize}.`);
  }
  const skipToken = c.req.query('$skiptoken') ?? '';
  const after = Buffer.from(skipToken, 'base64url').toString();
  if (Buffer.from(after).toString('base64url') !== skipToken)
    throw badParameter('The $skiptoken is invalid.');
  const rest = found
    .map((it) => ({ key: keyOf(it), it }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, Math.min(asked, maxPageSize));
  const last = page.at(-1);
  const next = new URL(c.req.url);
  next.searchParams.set('$skiptoken', Buffer.from(last?.key ?? '').toString('base64url'));
  return {
    value: page.map(({ it }) => itemOf(c, it)),
    nextLink: page.length < rest.length ? next.href : null,
  };
}
