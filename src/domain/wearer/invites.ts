/**
 * Invites: links to sign up with. The operator says beforehand what the connection will be called and where the wearer goes
 * afterwards. The link holds only a random id and its signature. Each connection uses an invite once, however often its wearer signs up.
 */
import { AppError } from '../../errors';
import type { Connection, Invite, Policy } from '../../model';
import type { Ports } from '../../ports';
import { Secret } from '../../secret';
import { signInvite } from '../contact/keyed-values';
import { readOpenConnection } from '../connection/read';
import { change, insertOnce } from '../store/compare-and-swap';
import { identityKeyOf, inviteKey, inviteRow, labelledInviteRow } from '../store/row-keys';

/** As it stands in the link: an id and a signature. */
export const invitePattern = /^([0-9a-f]{32})-([A-Za-z0-9_-]{22})$/;

type Needed = Pick<Ports, 'clock' | 'keyedHash' | 'random' | 'tables'>;

export interface NewInvite {
  /** The secret part of the link. */
  readonly code: string;
  readonly expiresAt: number;
  /** When the last invite with this label was made, if it has not expired. */
  readonly labelInvitedAt?: number | undefined;
}

export async function createInvite(
  ports: Needed,
  invite: Pick<Invite, 'label' | 'outsideId' | 'site' | 'returnTo' | 'uses'> & { readonly lifeMs: number },
): Promise<NewInvite> {
  const { lifeMs, ...named } = invite;
  const id = ports.random.id();
  const code = `${id}-${await signInvite(ports, id)}`;
  const createdAt = ports.clock.now();
  const expiresAt = createdAt + lifeMs;
  await ports.tables.invites.insert(inviteKey(inviteRow(id)), { ...named, createdAt, expiresAt, usedBy: [] });
  if (named.label === undefined) return { code, expiresAt };
  return {
    code,
    expiresAt,
    labelInvitedAt: await tryToNoteLabel(ports, named.label, { createdAt, expiresAt }),
  };
}

/** The invite is made: that nothing can be said about its label must not look as if it were not. */
async function tryToNoteLabel(...given: Parameters<typeof noteLabel>): Promise<number | undefined> {
  try {
    return await noteLabel(...given);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

/** The row is an invite that nobody can use, so that it goes when it has expired, as they all do. */
async function noteLabel(
  { tables: { invites } }: Pick<Ports, 'tables'>,
  label: string,
  { createdAt, expiresAt }: Pick<Invite, 'createdAt' | 'expiresAt'>,
): Promise<number | undefined> {
  const key = inviteKey(labelledInviteRow(label));
  const noted: Invite = { createdAt, expiresAt, uses: 1, usedBy: [] };
  if (await insertOnce(invites, key, noted)) return undefined;
  let last: Invite | undefined;
  await change(invites, key, (before) => {
    last = before;
    // The one before it may be good for longer.
    return { ...noted, expiresAt: Math.max(expiresAt, before.expiresAt) };
  });
  return last && createdAt < last.expiresAt ? last.createdAt : undefined;
}

/** @returns its row; `undefined` if it is none of ours, has expired, or was used as often as it can be */
export async function findInvite(ports: Omit<Needed, 'random'>, code: string): Promise<string | undefined> {
  const [, id, signature] = invitePattern.exec(code) ?? [];
  if (id === undefined || signature === undefined) return undefined;
  if (!new Secret(await signInvite(ports, id)).equals(new Secret(signature))) return undefined;
  const row = inviteRow(id);
  const invite = (await ports.tables.invites.get(inviteKey(row)))?.value;
  return invite && ports.clock.now() < invite.expiresAt && invite.usedBy.length < invite.uses
    ? row
    : undefined;
}

/**
 * Uses the invite for an account, by the row among the identities that leads to it. Once it was used for one, it is so again and again, also
 * when it has expired meanwhile.
 *
 * @returns `undefined` if others have used it up, or it is gone
 */
export async function useInvite(
  ports: Pick<Ports, 'tables' | 'keyedHash'>,
  row: string,
  identity: string,
): Promise<Invite | undefined> {
  const user = await macOfUser(ports, row, identity);
  const invite = await change(ports.tables.invites, inviteKey(row), (before) =>
    before.usedBy.includes(user) || before.usedBy.length >= before.uses
      ? undefined
      : { ...before, usedBy: [...before.usedBy, user] },
  );
  return invite?.usedBy.includes(user) ? invite : undefined;
}

/**
 * Nothing came of the connection, so that its wearer can try again with the same invite; one that is connected with it keeps it. A failure is no
 * more than an invite that stays used.
 */
export async function freeInvite(
  ports: Pick<Ports, 'tables' | 'keyedHash'>,
  row: string | undefined,
  identities: readonly string[] = [],
): Promise<void> {
  if (row === undefined) return;
  try {
    for (const identity of identities) await freeOf(ports, row, identity);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

async function freeOf(
  ports: Pick<Ports, 'tables' | 'keyedHash'>,
  row: string,
  identity: string,
): Promise<void> {
  const known = await ports.tables.identities.get(identityKeyOf(identity));
  const connection = known && (await readOpenConnection(ports, known.value.connection));
  if (connection?.invite === row) return;
  const user = await macOfUser(ports, row, identity);
  await change(ports.tables.invites, inviteKey(row), (before) =>
    before.usedBy.includes(user)
      ? { ...before, usedBy: before.usedBy.filter((each) => each !== user) }
      : undefined,
  );
}

/** What an invite says about a connection; what it leaves out stays as it was. */
export function namedBy(row: string, { outsideId, site, returnTo }: Invite): Partial<Connection> {
  return {
    invite: row,
    ...(outsideId !== undefined && { outsideId }),
    ...(site !== undefined && { site }),
    ...(returnTo !== undefined && { returnTo }),
  };
}

/** Stays in the invite when the wearer has left, and leads nobody back to them. */
function macOfUser({ keyedHash }: Pick<Ports, 'keyedHash'>, row: string, identity: string): Promise<string> {
  return keyedHash.mac('invite user', row, identity);
}

/** Somewhere below an address that the operator has allowed. */
export function mayReturnTo({ returnAddresses }: Pick<Policy, 'returnAddresses'>, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { origin, pathname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return returnAddresses.some((allowed) => {
    const root = new URL(allowed);
    const folder = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
    return origin === root.origin && (pathname === root.pathname || pathname.startsWith(folder));
  });
}

/** Where the wearer came from, if the settings still allow it. */
export function returnToOf({ returnTo }: Connection, policy: Policy): string | undefined {
  return returnTo !== undefined && mayReturnTo(policy, returnTo) ? returnTo : undefined;
}
