import { confirmPage, confirmUnknownPage, type ConfirmPage } from '../../src/pages/confirm-page';
import { elementWithId, formsOf, textOf } from './read-page';
import { confirm, frame, render } from './samples';
import { askToConfirmPage } from '../../src/pages/confirm-email-page';

const page = (change: Partial<ConfirmPage>) => render(confirmPage(frame, { ...confirm, ...change }));

const enter = 'POST /confirm code action=confirm';
const resend = 'POST /confirm action=resend';
const skip = 'POST /confirm action=skip';

test.each<[string, Partial<ConfirmPage>, string[]]>([
  ['a code at sign-up', {}, [enter, resend, skip]],
  ['a code for another number', { purpose: 'change number' }, [enter, resend]],
  ['no new code to be had', { resendPossible: false }, [enter, skip]],
  ['an old code', { state: 'code expired' }, [resend, skip]],
  ['no tries left', { state: 'no tries left', resendPossible: false }, [skip]],
  ['a text not sent', { state: 'not sent' }, [resend, skip]],
  ['a text that was refused', { state: 'undeliverable' }, [resend, skip]],
])('%s leads to these forms', async (_, change, forms) => {
  expect(formsOf(await page(change))).toEqual(forms);
});

test('the field for the code suits a phone and carries its error', async () => {
  const text = await page({ error: 'That is not the code.' });
  expect(elementWithId(text, 'code').attributes).toMatchObject({
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    maxlength: '10',
    'aria-invalid': 'true',
    'aria-describedby': 'code-error',
  });
  expect(text).toContain('<a href="#code">Code from the text</a>: That is not the code.');
});

test('an error without a field is an alert of its own', async () => {
  const text = await page({ state: 'not sent', error: 'The carrier refused it.' });
  expect(text).toContain('<p class="error" role="alert">The carrier refused it.</p>');
  expect(textOf(text)).not.toContain('once more');
  expect(textOf(await page({ state: 'not sent' }))).toContain('Please try once more in a few minutes.');
});

test('only a number that may be the reason is blamed', async () => {
  expect(textOf(await page({ state: 'not sent' }))).toContain('Your number is not the reason.');
  expect(textOf(await page({ state: 'not sent' }))).not.toContain('another number.');
  expect(textOf(await page({ state: 'undeliverable' }))).toContain('or use another number.');
});

test('every number is told where to text START after a STOP: nobody learns whether one was said', async () => {
  expect(textOf(await page({ sender: '+1 833 555 0100' }))).toContain(
    'Did you once answer STOP from it? Then first text START to +1 833 555 0100.',
  );
  expect(textOf(await page({}))).toContain('text START to the number the texts came from.');
});

test('it is said when an unconfirmed sign-up is deleted, where one is', async () => {
  expect(textOf(await page({ confirmByHours: 24 }))).toContain('the sign-up is deleted after 24 hours');
  expect(textOf(await page({}))).not.toContain('deleted');
  expect(textOf(await render(confirmUnknownPage(frame)))).toContain('deleted after 24 hours');
});

test('a change of number leads to no page: whoever has the ticket has no link by it', async () => {
  expect(await page({ purpose: 'change number' })).not.toContain('/m/');
});

test('the button behind a mailed link sends a form that is not empty', async () => {
  const asked = { path: '/confirm-email/abc', email: 'a…@example.org', provider: 'Google Health' };
  const text = await render(askToConfirmPage(frame, asked));
  expect(formsOf(text)).toEqual(['POST /confirm-email/abc action=confirm']);
});
