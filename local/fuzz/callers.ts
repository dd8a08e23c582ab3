/** Strange callers of what is for the operator and for programs: what they say they are, and what they order. */
import type { Chance } from '../random';

/** `local`: whoever asks is let in, and orders nothing. `entra`: nobody is let in, whatever is ordered. */
export type FuzzedCallers = 'local' | 'entra';

/** What only the operator and programs may ask for. */
export function isGuarded(path: string): boolean {
  return /^\/api\/(ops|connections)(\/|$)/i.test(path);
}

/** Shaped like an order, and none. */
const idle: readonly unknown[] = [
  ...['', 5, true, ['participant-1'], 'x'.repeat(65), '-begins', 'a b', 'a\0b', '../x', { label: 'y' }].map(
    (label) => ({ label }),
  ),
  ...[{ label: 'participant-1', more: 1 }, { all: false }, { all: 'true' }, { all: true, connection: 'x' }],
  ...[
    { connection: '' },
    { connection: '../x' },
    { connection: 'x'.repeat(65) },
    { provider: 'google-health' },
  ],
  ...[{ refused: '' }, { refused: 5 }, { refused: 'x'.repeat(10_000) }, null, [], {}],
];

function ordersFor({ connection, label }: Named): unknown[] {
  return [
    { all: true },
    { connection },
    { provider: 'fitbit' },
    { label: 'participant-1' },
    { label: null },
    { label },
  ];
}

interface Named {
  readonly connection: string;
  readonly label: string;
  readonly callers: FuzzedCallers;
}

export function orderOf(chance: Chance, named: Named): unknown {
  return chance.pick(named.callers === 'entra' ? [...idle, ...ordersFor(named)] : idle);
}

/** Whom the platform would call this is nobody who may do anything. */
export function principalOf(chance: Chance, someText: string, someJson: unknown): string {
  const exp = { typ: 'exp', val: chance.pick(['9999999999', '1e12', '1', '0', '-1', '', 'x', 'NaN']) };
  const good = { typ: 'exp', val: '9999999999' };
  const oid = { typ: 'oid', val: '11111111-2222-3333-4444-555555555555' };
  const role = { typ: 'roles', val: chance.pick(['operator', 'platform']) };
  const other = {
    typ: 'roles',
    val: chance.pick(['coordinator', 'Operator', 'operator ', 'platform,operator', '']),
  };
  const claims = chance.pick<readonly unknown[]>([
    [oid, good],
    [oid, good, other],
    [oid, { typ: 'exp', val: '1' }, role],
    [oid, exp, other],
    [oid, role],
    [good, role],
    [{ typ: 'oid', val: someText }, good, role],
    [oid, good, { typ: 'roles', val: [role.val] }],
    [oid, good, { typ: 'name', val: role.val }],
    [],
  ]);
  const text = chance.pick([
    JSON.stringify({ auth_typ: 'aad', claims, role_typ: 'name' }),
    JSON.stringify({ auth_typ: 'aad', claims }),
    JSON.stringify({ auth_typ: 'aad', claims: [oid, good, other] }),
    JSON.stringify({
      auth_typ: chance.pick(['google', '', 'AAD', someText]),
      claims: [oid, good, role],
    }),
    JSON.stringify({ claims: [oid, good, role] }),
    JSON.stringify(someJson),
    someText,
  ]);
  return chance.next() < 0.9 ? Buffer.from(text).toString('base64') : text;
}
