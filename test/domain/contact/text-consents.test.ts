import { closeConnection } from '../../../src/domain/wearer/close-connection';
import { textConsentsOf, endTextConsent } from '../../../src/domain/contact/text-consents';
import { macOfAddress } from '../../../src/domain/contact/keyed-values';
import { connectionKey, optOutKey } from '../../../src/domain/store/row-keys';
import { setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { removeOld } from '../../../src/domain/operation/retention';
import { Secret } from '../../../src/secret';
import { expectDiscreet } from '../../support/discretion';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const year = 365 * 24 * 3_600_000;
const phone = new Secret('+14255550123');
const next = new Secret('+14255550199');
const agreed = { at: Date.parse('2026-11-21T05:59:00Z'), wording: '2026-11' };
const later = { at: Date.parse('2026-11-21T05:59:30Z'), wording: '2026-12' };

let world: TestWorld;
let startedAt: number;
const proofs = () => world.tables.consents.values();
const after = async (ms: number) => {
  world.clock.advance(ms);
  await removeOld(world.ports);
};

beforeEach(async () => {
  world = createTestWorld();
  startedAt = world.clock.now();
  await connectWearer(world, 'fitbit', { phone: undefined });
  await setAddress(world.ports, 'wearer-1', { phone, textConsent: agreed });
});
afterEach(() => expectDiscreet(world));

describe('the proof that a number agreed to texts', () => {
  test('is kept under a keyed hash of the number, and says nothing else about it', async () => {
    expect(proofs()).toEqual([{ connection: 'wearer-1', ...agreed }]);
    const number = await macOfAddress(world.ports, { way: 'sms', to: phone });
    const keys = [];
    for await (const { key } of world.tables.consents.list()) keys.push(key);
    expect(keys).toEqual([{ partition: number, row: `wearer-1-${agreed.at}` }]);
  });

  test('stays when the number is replaced, with its end', async () => {
    await setAddress(world.ports, 'wearer-1', { phone: next, textConsent: later });
    expect(await textConsentsOf(world.ports, { id: 'wearer-1', phone })).toEqual([
      { connection: 'wearer-1', ...agreed, endedAt: startedAt },
    ]);
    expect(await textConsentsOf(world.ports, { id: 'wearer-1', phone: next })).toEqual([
      { connection: 'wearer-1', ...later },
    ]);
  });

  test('of the same number to a newer wording is another one', async () => {
    await setAddress(world.ports, 'wearer-1', { phone, textConsent: later });
    expect(proofs()).toEqual([
      { connection: 'wearer-1', ...agreed, endedAt: startedAt },
      { connection: 'wearer-1', ...later },
    ]);
    await setAddress(world.ports, 'wearer-1', { phone, textConsent: later });
    expect(proofs()).toHaveLength(2);
  });

  test('stays for four years after goodbye, and no longer', async () => {
    world.http.script(answer(200));
    await closeConnection(world.ports, 'wearer-1');
    expect(recordOf(world).phone).toBeUndefined();
    expect(proofs()).toEqual([{ connection: 'wearer-1', ...agreed, endedAt: startedAt }]);
    await after(4 * year - 1);
    expect(proofs()).toHaveLength(1);
    await after(24 * 3_600_000);
    expect(proofs()).toEqual([]);
  });

  test('stays while the number is theirs, however long that is', async () => {
    await after(9 * year);
    expect(proofs()).toEqual([{ connection: 'wearer-1', ...agreed }]);
  });

  test('ends although a crash came before its end was noted', async () => {
    const row = (await world.tables.connections.get(connectionKey('wearer-1')))!;
    await world.tables.connections.replace(row, { ...row.value, phone: undefined, textConsent: undefined });
    await after(24 * 3_600_000);
    expect(proofs()).toEqual([{ connection: 'wearer-1', ...agreed, endedAt: startedAt + 24 * 3_600_000 }]);
  });

  test('is made at the end for a number that came before proofs were kept, and ends once', async () => {
    for await (const row of world.tables.consents.list()) await world.tables.consents.remove(row);
    await endTextConsent(world.ports, { id: 'wearer-1', phone, textConsent: agreed });
    world.clock.advance(1);
    await endTextConsent(world.ports, { id: 'wearer-1', phone, textConsent: agreed });
    expect(proofs()).toEqual([{ connection: 'wearer-1', ...agreed, endedAt: startedAt }]);
  });
});

describe('a STOP', () => {
  const said = async (stopped: boolean) => {
    await setStopped(world.ports, { way: 'sms', to: next }, { at: startedAt, stopped });
  };
  const isKnown = async () =>
    (await world.tables.optOuts.get(optOutKey(await macOfAddress(world.ports, { way: 'sms', to: next })))) !==
    undefined;

  test('of a number that nobody has is kept for five years', async () => {
    await said(true);
    await after(5 * year - 1);
    expect(await isKnown()).toBe(true);
    await after(24 * 3_600_000);
    expect(await isKnown()).toBe(false);
  });

  test('stays while somebody has the number', async () => {
    await setAddress(world.ports, 'wearer-1', { phone: next, textConsent: later });
    await said(true);
    await after(9 * year);
    expect(await isKnown()).toBe(true);
  });

  test('that was taken back by START is forgotten after a year', async () => {
    await said(false);
    await after(year + 24 * 3_600_000);
    expect(await isKnown()).toBe(false);
  });
});
