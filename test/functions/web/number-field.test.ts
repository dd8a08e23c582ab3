import { explain, readNumber } from '../../../src/functions/web/number-field';
import { wordsIn } from '../../../src/pages/words';
import type { Services } from '../../../src/services';
import { revealed } from '../../support/revealed';
import { createTestWorld } from '../../support/world';

const services: Services = {
  ...createTestWorld().ports,
  inInvocation: (_, work) => work(),
  about: () => undefined,
};
const english = wordsIn('en');
const noNumber =
  'This does not look like a mobile number. Please enter it with its country code, such as +1 425 555 0123.';

describe('the field for a number', () => {
  test.each<[string, string, boolean, object]>([
    ['empty is no number and no mistake', '', false, { errors: {} }],
    [
      'empty, with the box ticked, is asked for',
      '',
      true,
      { errors: { phone: 'Please enter the number for your texts, or untick the box below.' } },
    ],
    ['with consent is that number', '(425) 555-0123', true, { phone: '+14255550123', errors: {} }],
    [
      'without consent is refused beside the box',
      '(425) 555-0123',
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
  ])('%s', (_, entered, agreed, expected) => {
    expect(revealed(readNumber(services, english, entered, agreed))).toEqual(expected);
  });

  test('is explained in words for every reason', () => {
    const words = (['no number', 'other country', 'no mobile'] as const).map((why) =>
      explain(services, english, why),
    );
    expect(new Set(words).size).toBe(3);
  });
});
