/** Strange callers of what is for the operator and for programs: what they say they are, and what they order. */
import fc from 'fast-check';

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
  ...['', '../x', 'x'.repeat(65)].map((connection) => ({ connection })),
  { provider: 'google-health' },
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

export function orders(named: Named): fc.Arbitrary<unknown> {
  return fc.constantFrom(...idle, ...(named.callers === 'entra' ? ordersFor(named) : []));
}

/** Nobody whom the platform would call this may do anything. */
export function principals(
  someText: fc.Arbitrary<string>,
  someJson: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const claim = (typ: string, ...values: string[]) =>
    fc.constantFrom(...values).map((val): Claim => ({ typ, val }));
  const good = claim('exp', '9999999999');
  const oid = claim('oid', '11111111-2222-3333-4444-555555555555');
  const role = claim('roles', 'operator', 'platform');
  const other = claim('roles', 'coordinator', 'Operator', 'operator ', 'platform,operator', '');
  const anyTime = claim('exp', '9999999999', '1e12', '1', '0', '-1', '', 'x', 'NaN');
  const claims = fc.oneof(
    ...[fc.constant([]), fc.tuple(oid, good), fc.tuple(oid, good, other)],
    ...[fc.tuple(oid, claim('exp', '1'), role), fc.tuple(oid, anyTime, other)],
    ...[fc.tuple(oid, role), fc.tuple(good, role)],
    fc.tuple(
      someText.map((val): Claim => ({ typ: 'oid', val })),
      good,
      role,
    ),
    fc.tuple(
      oid,
      good,
      role.map(({ val }): Claim => ({ typ: 'roles', val: [val] })),
    ),
    fc.tuple(
      oid,
      good,
      role.map(({ val }): Claim => ({ typ: 'name', val })),
    ),
  );
  const full = fc.tuple(oid, good, role);
  const foreign = fc.oneof(fc.constantFrom('google', '', 'AAD'), someText);
  const text = fc.oneof(
    claims.map((all) => JSON.stringify({ auth_typ: 'aad', claims: all, role_typ: 'name' })),
    claims.map((all) => JSON.stringify({ auth_typ: 'aad', claims: all })),
    fc.tuple(oid, good, other).map((all) => JSON.stringify({ auth_typ: 'aad', claims: all })),
    fc.tuple(foreign, full).map(([type, all]) => JSON.stringify({ auth_typ: type, claims: all })),
    full.map((all) => JSON.stringify({ claims: all })),
    ...[someJson, someText],
  );
  const encoded = text.map((plain) => Buffer.from(plain).toString('base64'));
  return fc.oneof({ arbitrary: encoded, weight: 9 }, { arbitrary: text, weight: 1 });
}

interface Claim {
  readonly typ: string;
  readonly val: unknown;
}
