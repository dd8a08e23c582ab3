/** What the page after a form says was done: always what was done, and not its opposite. */
import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { setAddress } from '../../../src/domain/contact/addresses';
import { linkOf } from '../../../src/domain/contact/personal-link';
import { deviceKey } from '../../../src/domain/store/row-keys';
import { beginConfirmation } from '../../../src/domain/wearer/confirm-address';
import { confirm } from '../../../src/functions/web/confirm';
import { personalPage } from '../../../src/functions/web/serve-personal-page';
import { paths } from '../../../src/paths';
import { Secret } from '../../../src/secret';
import type { Services } from '../../../src/services';
import { textOf } from '../../pages/read-page';
import { connectWearer, createTestWorld, recordOf, type TestWorld } from '../../support/world';

const context = { functionName: 'a form' } as unknown as InvocationContext;
const textConsent = { at: 1, wording: '2026-11' };
const phone = new Secret('+14255550123');

let world: TestWorld;
let services: Services;

beforeEach(() => {
  world = createTestWorld();
  services = { ...world.ports, inInvocation: (_, work) => work(), about: () => undefined };
});

function request(path: string, params: Record<string, string>, fields?: Record<string, string>, cookie = '') {
  return new HttpRequest({
    url: `https://tokens.example.com${path}`,
    method: fields ? 'POST' : 'GET',
    params,
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
    ...(fields && { body: { string: new URLSearchParams(fields).toString() } }),
  });
}
const noticeIn = ({ cookies = [] }: HttpResponseInit) =>
  cookies.find(({ name }) => name.endsWith('notice'))?.value;
const shown = ({ body }: HttpResponseInit) => textOf(String(body).replace(/<style>[^]*<\/style>/, ''));

describe('the personal page', () => {
  async function open(fields?: Record<string, string>, cookie?: string): Promise<HttpResponseInit> {
    const link = await linkOf(world.ports, recordOf(world));
    return personalPage(services)(request(paths.personalPage + link, { link }, fields, cookie), context);
  }
  async function act(fields: Record<string, string>): Promise<string> {
    const answer = await open(fields);
    expect(answer.status).toBe(303);
    return shown(await open(undefined, `__Host-notice=${noticeIn(answer)}`));
  }

  test('says of a test text that nothing goes to a wearer without a number, and not that it will later', async () => {
    await connectWearer(world, 'fitbit', { phone: undefined });
    expect(await act({ action: 'test' })).toContain('You get no texts at the moment, so none was sent.');
  });

  test('says of an emptied name that it is removed, and not that it is saved', async () => {
    await connectWearer(world, 'fitbit');
    await setAddress(world.ports, 'wearer-1', { phone, textConsent });
    const key = deviceKey('wearer-1', 'tracker-1');
    await world.tables.devices.insert(key, {
      connection: 'wearer-1',
      reading: { device: 'tracker-1', kind: 'tracker', model: 'Charge 6', percent: 50 },
      firstSeenAt: world.clock.now(),
      checkedAt: world.clock.now(),
      cycle: 1,
      armed: true,
    });
    const device = key.row;
    expect(await act({ action: 'name', device, name: 'Left wrist' })).toContain('The name is saved.');
    expect(await act({ action: 'name', device, name: ' ' })).toContain('The name is removed.');
  });
});

describe('the page for the code', () => {
  let cookie: string;
  beforeEach(async () => {
    await connectWearer(world, 'fitbit', { phone: undefined });
    const entered = { connection: 'wearer-1', phone, textConsent };
    cookie = `__Host-confirmation=${(await beginConfirmation(world.ports, entered, undefined)).ticket}`;
  });
  const code = () => /your code is (\d{6})\./.exec(world.sms.sent.at(-1)?.body ?? '')![1]!;
  const triesLeft = () => world.tables.confirmations.values()[0]?.triesLeft;
  async function type(
    typed: string,
  ): Promise<{ readonly notice: string | undefined; readonly text: string }> {
    const answer = await confirm(services)(
      request('/confirm', {}, { action: 'confirm', code: typed }, cookie),
      context,
    );
    const notice = noticeIn(answer);
    const page = await confirm(services)(
      request('/confirm', {}, undefined, `${cookie}; __Host-notice=${notice}`),
      context,
    );
    return { notice, text: shown(page) };
  }

  test.each(['', '12 34', 'abcdef', '1234567'])(
    'takes no try for %j, which cannot be a code',
    async (typed) => {
      expect((await type(typed)).text).toContain(
        'The code has six digits. Please enter those of the newest text.',
      );
      expect(triesLeft()).toBe(5);
    },
  );

  test('says that the newest text has the code, because an older one had another', async () => {
    const wrong = code() === '000000' ? '000001' : '000000';
    expect((await type(wrong)).text).toContain('This is not the code of the newest text.');
    expect(triesLeft()).toBe(4);
  });

  test.each<[string, (code: string) => string]>([
    ['a space in it', (digits) => `${digits.slice(0, 3)} ${digits.slice(3)}`],
    ['the words around it', (digits) => `your code is ${digits}.`],
    [
      'digits of full width',
      (digits) => digits.replace(/\d/g, (each) => String.fromCharCode(0xff10 + Number(each))),
    ],
  ])('takes a code with %s', async (_, typedAs) => {
    expect((await type(typedAs(code()))).notice).toBe('number');
  });
});
