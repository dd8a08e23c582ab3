import { readAddress, readContact } from '../../../src/functions/web/contact-field';
import { wordsIn } from '../../../src/pages/words';
import type { Services } from '../../../src/services';
import { revealed } from '../../support/revealed';
import { createTestWorld } from '../../support/world';

let services: Services;
let world: ReturnType<typeof createTestWorld>;

beforeEach(() => {
  world = createTestWorld();
  services = { ...world.ports, inInvocation: (_, work) => work(), about: () => undefined };
});

const english = wordsIn('en');
const read = async (fields: Record<string, string>, by = readContact) => {
  const { address, errors } = await by(services, english, new URLSearchParams(fields));
  return revealed({ address, errors });
};
const sms = { way: 'sms', to: '+14255550123' };
const mail = { way: 'email', to: 'ada@example.org' };

const noNumber =
  'This does not look like a mobile number. Please enter it with its country code, such as +1 425 555 0123.';
const noAddress = 'This does not look like an e-mail address. Please enter one such as ada@example.org.';
const phone = '(425) 555-0123';
const email = 'ada@Example.org';
const yes = { agree: 'yes' };
const yesToMails = { agreeToMails: 'yes' };

describe('the field for a number', () => {
  test.each<[string, string, boolean, object]>([
    ['empty is no number and no mistake', '', false, { errors: {} }],
    [
      'empty, with the box ticked, is asked for',
      '',
      true,
      { errors: { phone: 'Please enter the number for your texts, or untick the box below.' } },
    ],
    ['with consent is that number', phone, true, { address: sms, errors: {} }],
    [
      'without consent is refused beside the box',
      phone,
      false,
      { errors: { agree: 'Please tick this box, or leave the number empty.' } },
    ],
    ['with something else is refused', 'call me', true, { errors: { phone: noNumber } }],
    [
      'with another country is refused, and says which are possible',
      '+49 151 23456789',
      true,
      { errors: { phone: 'Texts can only be sent to numbers of these countries: United States, Canada.' } },
    ],
    [
      'with a number that gets no texts is refused, whatever the box says',
      '+1 800 356 9377',
      false,
      {
        errors: {
          phone: 'This is not a mobile number, so it cannot get texts. Please enter a mobile number.',
        },
      },
    ],
  ])('%s', async (_, entered, agreed, expected) => {
    expect(await read({ phone: entered, ...(agreed && yes) })).toEqual(expected);
  });
});

describe('the field for an e-mail address', () => {
  test.each<[string, Record<string, string>, object]>([
    ['empty is no mistake', { way: 'email', email: '' }, { errors: {} }],
    [
      'empty, with the box ticked, is asked for',
      { way: 'email', email: '', ...yesToMails },
      { errors: { email: 'Please enter the address for your e-mails, or untick the box below.' } },
    ],
    ['with consent is that address', { way: 'email', email, ...yesToMails }, { address: mail, errors: {} }],
    [
      'without consent is refused beside its own box, and the one for texts does not count',
      { way: 'email', email, ...yes },
      { errors: { agreeToMails: 'Please tick this box, or leave the address empty.' } },
    ],
    [
      'with something else is refused',
      { way: 'email', email: 'ada', ...yesToMails },
      { errors: { email: noAddress } },
    ],
  ])('%s', async (_, fields, expected) => {
    expect(await read(fields)).toEqual(expected);
  });
});

describe('what is too long', () => {
  test('is no address, although its beginning would be somebody’s', async () => {
    const typed = `${email}${'a'.repeat(300)}`;
    expect(await read({ way: 'email', email: typed, ...yesToMails })).toEqual({
      errors: { email: noAddress },
    });
  });

  test('is an address as long as an address can be', async () => {
    const to = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.example.org`;
    expect(await read({ way: 'email', email: to, ...yesToMails })).toEqual({
      address: { way: 'email', to },
      errors: {},
    });
  });

  test('is no number, although its beginning would be somebody’s', async () => {
    const typed = `${' '.repeat(80)}+1 425 555 0123${' '.repeat(90)}4`.replace(/^ +/, '');
    expect(await read({ phone: typed, ...yes })).toEqual({ errors: { phone: noNumber } });
  });
});

describe('of two fields', () => {
  test.each<[string, Record<string, string>, object]>([
    ['the number counts that was chosen', { way: 'sms', phone, email, ...yes, ...yesToMails }, sms],
    ['the address counts that was chosen', { way: 'email', phone, email, ...yes, ...yesToMails }, mail],
    ['the number counts where nothing was chosen', { phone, email, ...yes, ...yesToMails }, sms],
    ['the one that is filled in counts, whatever was chosen', { way: 'sms', email, ...yesToMails }, mail],
    ['and so it is with a number', { way: 'email', phone, ...yes }, sms],
  ])('%s', async (_, fields, address) => {
    expect(await read(fields)).toEqual({ address, errors: {} });
  });

  test('the one that is filled in needs its own consent', async () => {
    expect(await read({ way: 'sms', email, ...yes })).toEqual({
      errors: { agreeToMails: 'Please tick this box, or leave the address empty.' },
    });
  });

  test('only e-mail is meant where texts are not set up', async () => {
    world.sms.missing = ['SMS_FROM'];
    expect(await read({ email: '', ...yesToMails })).toEqual({
      errors: { email: 'Please enter the address for your e-mails, or untick the box below.' },
    });
  });
});

test('where no consent is asked for, an empty field is a mistake', async () => {
  expect(await read({ phone }, readAddress)).toEqual({ address: sms, errors: {} });
  expect(await read({ way: 'email', email }, readAddress)).toEqual({ address: mail, errors: {} });
  expect(await read({ phone: '' }, readAddress)).toEqual({ errors: { phone: noNumber } });
  expect(await read({ way: 'email' }, readAddress)).toEqual({ errors: { email: noAddress } });
});
