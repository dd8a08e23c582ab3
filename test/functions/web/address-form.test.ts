/** The forms of the personal page that enter, keep or remove an address, and the one that ends the connection. */
import { HttpRequest, type InvocationContext } from '@azure/functions';
import { isStopped, setAddress, setStopped } from '../../../src/domain/contact/addresses';
import { linkOf, markPage } from '../../../src/domain/contact/personal-link';
import { confirmByLink } from '../../../src/domain/wearer/confirm-address';
import { takeUpAddress } from '../../../src/domain/wearer/take-up-form';
import { personalPage } from '../../../src/functions/web/serve-personal-page';
import type { PendingLogin } from '../../../src/model';
import { paths } from '../../../src/paths';
import { Secret } from '../../../src/secret';
import type { Services } from '../../../src/services';
import { answer } from '../../support/scripted-http';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const email = new Secret('ada@example.org');
const context = { functionName: 'a form' } as unknown as InvocationContext;

let world: TestWorld;
let services: Services;

function formTo(link: string, fields: Record<string, string>): HttpRequest {
  return new HttpRequest({
    url: `https://tokens.example.com${paths.personalPage}${link}`,
    method: 'POST',
    params: { link },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: { string: new URLSearchParams(fields).toString() },
  });
}

async function act(fields: Record<string, string>) {
  const link = await linkOf(world.ports, recordOf(world));
  return personalPage(services)(formTo(link, fields), context);
}
const enter = (typed: string) => act({ action: 'number', way: 'email', email: typed, agreeToMails: 'yes' });
const lastLink = () => /\/confirm-email\/([\w-]+)/.exec(world.email.sent.at(-1)?.body ?? '')?.[1] ?? '';

beforeEach(async () => {
  world = createTestWorld();
  services = { ...world.ports, inInvocation: (_, work) => work(), about: () => undefined };
  await connectWearer(world, 'fitbit', { phone: undefined });
  await setAddress(world.ports, 'wearer-1', { email, textConsent: { at: 1, wording: '2026-11-email' } });
});

test.each<[string, () => Promise<unknown>]>([
  ['the address that is known', () => enter('ada@example.org')],
  ['that no e-mails are wanted', () => act({ action: 'no-texts' })],
])('the link to a mistyped address ends when the wearer enters %s', async (_, again) => {
  await enter('adda@example.org');
  const mistyped = lastLink();
  await again();
  await expect(confirmByLink(world.ports, mistyped)).resolves.toBe('unknown');
});

describe('somebody who has unsubscribed', () => {
  const address = { way: 'email', to: email } as const;
  beforeEach(async () => {
    await setStopped(world.ports, address, { at: world.clock.now(), stopped: true });
    world.clock.advance(60_000);
  });

  test('gets the e-mails back by the button, also after a pause', async () => {
    await act({ action: 'pause' });
    await expect(act({ action: 'begin-again' })).resolves.toMatchObject({ status: 303 });
    await expect(isStopped(world.ports, address)).resolves.toBe(false);
    expect(recordOf(world).preferences?.paused).toBeUndefined();
  });

  test('is mailed a link after entering the same address again, and the e-mails come back with it', async () => {
    await expect(enter('Ada@example.org')).resolves.toMatchObject({
      status: 303,
      headers: { location: expect.stringContaining(paths.confirm) },
    });
    await expect(isStopped(world.ports, address)).resolves.toBe(true);
    await expect(confirmByLink(world.ports, lastLink())).resolves.toBe('confirmed');
    await expect(isStopped(world.ports, address)).resolves.toBe(false);
    expect(world.email.sent.map(({ subject }) => subject.split(': ')[1])).toEqual([
      'confirm your address',
      'your alerts are on',
    ]);
  });

  test('confirms the same address again after signing up again with it', async () => {
    const login: PendingLogin = {
      provider: 'fitbit',
      codeChallenge: '',
      expiresAt: 0,
      email,
      textConsent: { at: 2, wording: '2026-11-email' },
    };
    await expect(takeUpAddress(world.ports, 'wearer-1', login, {})).resolves.toMatchObject({ sent: 'sent' });
    expect(lastLink()).not.toBe('');
  });
});

test('"Disconnect" that is sent again says goodbye again for ten minutes, and then the link leads nowhere', async () => {
  const link = await linkOf(world.ports, recordOf(world));
  const mark = markPage(world.ports, recordOf(world));
  const send = () =>
    personalPage(services)(formTo(link, { action: 'disconnect', sure: 'yes', mark }), context);
  world.http.script(answer(200));
  const statuses = [await send(), await send()].map(({ status }) => status);
  world.clock.advance(10 * 60_000 - 1);
  statuses.push((await send()).status);
  world.clock.advance(1);
  statuses.push((await send()).status);
  expect(statuses).toEqual([200, 200, 200, 404]);
});
