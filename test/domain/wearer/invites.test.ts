/** Invites, from the link that the operator makes to the connection that has its label. */
import { systemRandom } from '../../../src/adapters/system';
import { findByLabel } from '../../../src/domain/connection/labels';
import { keepHouse } from '../../../src/domain/operation/housekeeping';
import { beginSignUp } from '../../../src/domain/wearer/begin-sign-up';
import { completeSignUp, type SignUpResult } from '../../../src/domain/wearer/complete-sign-up';
import {
  createInvite,
  findInvite,
  invitePattern,
  mayReturnTo,
  returnToOf,
} from '../../../src/domain/wearer/invites';
import { AppError } from '../../../src/errors';
import type { Connection } from '../../../src/model';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { answer } from '../../support/scripted-http';
import { createTestWorld, tokens, type TestWorld } from '../../support/world';

const day = 24 * 3_600_000;

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld({ random: systemRandom });
});
afterEach(() => expectDiscreet(world));

const invite = (more: Partial<Parameters<typeof createInvite>[1]> = {}) =>
  createInvite(world.ports, { uses: 1, lifeMs: 30 * day, ...more });

/** Begins with an invite; `user` is who consents at the provider. */
async function signUp(
  code: string,
  user = 'ABC123',
  times = 1,
  further: ReturnType<typeof answer>[] = [],
): Promise<SignUpResult> {
  const provider = world.ports.providers.get('fitbit')!;
  const row = await findInvite(world.ports, code);
  const { state, codeVerifier } = await beginSignUp(world.ports, { provider, invite: row });
  world.http.script(answer(200, { ...tokens(times), user_id: user }), ...further);
  return completeSignUp(world.ports, { state, codeVerifier, code: new Secret('code-of-the-consent') });
}
const connectionWith = (result: SignUpResult): Connection => {
  expect(result.outcome).toBe('connected');
  const id = (result as SignUpResult & { outcome: 'connected' }).connection;
  return world.tables.connections.values().find((each) => each.id === id)!;
};

test('the connection has the label, the outside id and the return address of its invite', async () => {
  const returnTo = 'https://study.example.org/join/done?from=here';
  const { code, expiresAt } = await invite({ label: 'participant-17', outsideId: '4711/B', returnTo });
  expect(code).toMatch(invitePattern);
  expect(expiresAt).toBe(world.clock.now() + 30 * day);
  const connection = connectionWith(await signUp(code));
  expect(connection).toMatchObject({ label: 'participant-17', outsideId: '4711/B', returnTo });
  await expect(findByLabel(world.ports, 'participant-17')).resolves.toMatchObject({ id: connection.id });
  expect(returnToOf(connection, world.ports.policy)).toBe(returnTo);
  expect(returnToOf(connection, { ...world.ports.policy, returnAddresses: [] })).toBeUndefined();
});

test('nothing in the tables reveals a link that has not been used', async () => {
  const { code } = await invite({ label: 'participant-17' });
  const [, id, signature] = invitePattern.exec(code)!;
  const stored = JSON.stringify(world.tables.invites.rows());
  expect(stored).toContain('participant-17');
  expect(stored).not.toContain(id);
  expect(stored).not.toContain(signature);
});

test.each([
  ['no invite', 'let-me-in'],
  ['an invite that somebody made up', `${'0f'.repeat(16)}-${'A'.repeat(22)}`],
])('%s is none of ours, and no table is asked', async (_, code) => {
  world.tables.invites.get = () => Promise.reject(new Error('asked'));
  await expect(findInvite(world.ports, code)).resolves.toBeUndefined();
});

test('an invite ends at its time, and housekeeping removes it', async () => {
  const { code } = await invite({ lifeMs: day });
  world.clock.advance(day - 1);
  await expect(findInvite(world.ports, code)).resolves.toMatch(/^[0-9a-f]{64}$/);
  world.clock.advance(1);
  await expect(findInvite(world.ports, code)).resolves.toBeUndefined();
  world.clock.advance(day);
  await keepHouse(world.ports);
  expect(world.tables.invites.values()).toEqual([]);
});

test('an invite is made although nothing can be said about its label', async () => {
  const { insert } = world.tables.invites;
  let inserts = 0;
  world.tables.invites.insert = (key, value) => {
    inserts += 1;
    return inserts === 1 ? insert(key, value) : Promise.reject(new AppError('TABLE_UNAVAILABLE', 'Down.'));
  };
  const { code, labelInvitedAt } = await invite({ label: 'p-1' });
  await expect(findInvite(world.ports, code)).resolves.toMatch(/^[0-9a-f]{64}$/);
  expect(labelInvitedAt).toBeUndefined();
});

test('a new invite says when the last one with its label was made, unless that has expired', async () => {
  const first = await invite({ label: 'p-1' });
  const madeAt = world.clock.now();
  world.clock.advance(day);
  const second = await invite({ label: 'p-1', lifeMs: day });
  const other = await invite({ label: 'p-2' });
  expect([first, second, other].map(({ labelInvitedAt }) => labelInvitedAt)).toEqual([
    undefined,
    madeAt,
    undefined,
  ]);
  // The second one has expired, and the first one has not.
  world.clock.advance(2 * day);
  expect((await invite({ label: 'p-1', lifeMs: day })).labelInvitedAt).toBe(madeAt + day);
  world.clock.advance(32 * day);
  expect((await invite({ label: 'p-1' })).labelInvitedAt).toBeUndefined();
  world.clock.advance(32 * day);
  await keepHouse(world.ports);
  expect(world.tables.invites.values()).toEqual([]);
});

test('an invite makes as many connections as it says, and one account uses it once', async () => {
  const { code } = await invite({ uses: 2 });
  const ada = connectionWith(await signUp(code));
  expect(connectionWith(await signUp(code, 'ABC123', 2)).id).toBe(ada.id);
  const row = await findInvite(world.ports, code);
  expect(connectionWith(await signUp(code, 'BCD234', 3)).id).not.toBe(ada.id);
  await expect(findInvite(world.ports, code)).resolves.toBeUndefined();
  expect(world.tables.invites.values()[0]!.usedBy).toHaveLength(2);
  expect(row).toBeDefined();
});

test('of two who begin with the same invite, the second is refused and its grant given back', async () => {
  const { code } = await invite({ label: 'participant-17' });
  const provider = world.ports.providers.get('fitbit')!;
  const late = await beginSignUp(world.ports, { provider, invite: await findInvite(world.ports, code) });
  const first = connectionWith(await signUp(code));
  world.http.script(answer(200, { ...tokens(2), user_id: 'BCD234' }), answer(200, {}));
  const { state, codeVerifier } = late;
  await expect(
    completeSignUp(world.ports, { state, codeVerifier, code: new Secret('code-of-the-consent') }),
  ).resolves.toMatchObject({ outcome: 'refused', why: 'invite used' });
  expect(world.http.requests.at(-1)?.url).toMatch(/revoke$/);
  await expect(findByLabel(world.ports, 'participant-17')).resolves.toMatchObject({ id: first.id });
});

test('an invite whose connection could not be stored can be used again', async () => {
  const { code } = await invite({ label: 'participant-17' });
  const { saveTokenSet } = world.vault;
  world.vault.saveTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
  await expect(signUp(code, 'ABC123', 1, [answer(200)])).resolves.toMatchObject({ why: 'not saved' });
  world.vault.saveTokenSet = saveTokenSet;
  expect(connectionWith(await signUp(code, 'ABC123', 2)).label).toBe('participant-17');
});

test.each([
  ['before it is stored', 'identities', 'insert'],
  ['while it is stored', 'connections', 'replace'],
] as const)('an invite whose connection failed %s can be used again', async (_, name, method) => {
  const { code } = await invite({ label: 'participant-17' });
  const table = world.tables[name];
  const works = table[method];
  Object.assign(table, { [method]: () => Promise.reject(new AppError('TABLE_UNAVAILABLE', 'No answer.')) });
  await expect(signUp(code)).rejects.toThrow('No answer.');
  Object.assign(table, { [method]: works });
  expect(connectionWith(await signUp(code, 'ABC123', 2)).label).toBe('participant-17');
});

test('an invite of somebody who never confirmed their number can be used again', async () => {
  const { code } = await invite({ label: 'participant-17' });
  const provider = world.ports.providers.get('fitbit')!;
  const { state, codeVerifier } = await beginSignUp(world.ports, {
    provider,
    invite: await findInvite(world.ports, code),
    contact: {
      phone: new Secret('+14255550123'),
      textConsent: { at: world.clock.now(), wording: '2026-11' },
    },
  });
  world.http.script(answer(200, { ...tokens(1), user_id: 'ABC123' }));
  await completeSignUp(world.ports, { state, codeVerifier, code: new Secret('code-of-the-consent') });
  await expect(findInvite(world.ports, code)).resolves.toBeUndefined();
  world.clock.advance(day);
  world.http.script(answer(200, tokens(2)), answer(200, {}));
  await keepHouse(world.ports);
  expect(connectionWith(await signUp(code, 'ABC123', 3)).label).toBe('participant-17');
});

test('a reconnect that could not be stored leaves the invite to the connection that has used it', async () => {
  const { code } = await invite();
  const provider = world.ports.providers.get('fitbit')!;
  const again = await beginSignUp(world.ports, { provider, invite: await findInvite(world.ports, code) });
  connectionWith(await signUp(code));
  world.vault.saveTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
  world.vault.readTokenSet = () => Promise.reject(new AppError('VAULT_UNAVAILABLE', 'No answer.'));
  world.http.script(answer(200, { ...tokens(2), user_id: 'ABC123' }));
  const { state, codeVerifier } = again;
  await expect(
    completeSignUp(world.ports, { state, codeVerifier, code: new Secret('code-of-the-consent') }),
  ).resolves.toMatchObject({ why: 'not saved' });
  await expect(findInvite(world.ports, code)).resolves.toBeUndefined();
});

test('what a later invite does not say stays as an earlier one said it', async () => {
  const returnTo = 'https://study.example.org/join';
  const { code } = await invite({ outsideId: '4711/B', returnTo });
  const first = connectionWith(await signUp(code));
  const general = await invite({ uses: 20 });
  const second = connectionWith(await signUp(general.code, 'ABC123', 2));
  expect(second).toMatchObject({ id: first.id, outsideId: '4711/B', returnTo });
});

test('a label that another connection has stays there, and the wearer is connected all the same', async () => {
  const [one, other] = [await invite({ label: 'participant-17' }), await invite({ label: 'participant-17' })];
  const first = connectionWith(await signUp(one.code));
  const second = connectionWith(await signUp(other.code, 'BCD234', 2));
  expect(second.label).toBeUndefined();
  await expect(findByLabel(world.ports, 'participant-17')).resolves.toMatchObject({ id: first.id });
  expect(world.log.events()).toContain('label.not_set');
});

test.each([
  ['https://study.example.org/join', true],
  ['https://study.example.org/join/', true],
  ['https://study.example.org/join/17?done=yes', true],
  ['https://study.example.org/joined', false],
  ['https://study.example.org/', false],
  ['https://study.example.org/join/../other', false],
  ['http://study.example.org/join', false],
  ['https://study.example.org:8443/join', false],
  ['https://ada:secret@study.example.org/join', false],
  ['https://study.example.org.evil.example/join', false],
  ['javascript:alert(1)', false],
  ['/join', false],
])('a wearer may be sent back to %s: %s', (address, may) => {
  expect(mayReturnTo({ returnAddresses: ['https://study.example.org/join'] }, address)).toBe(may);
});
