/** The check that every answer of an end-to-end test goes through finds what the description does not have. */
import type { AnnouncedAnswer } from '../../../local/runner/announced-answers';
import { checkAnswer } from '../../support/answer-check';

const json = { 'content-type': 'application/json' };
const labelled = { connection: 'c1', label: 'participant-17' };

function label(more: Partial<AnnouncedAnswer>, body: unknown = labelled): readonly string[] {
  const sent = { type: 'application/json', body: '{"label": "participant-17"}' };
  return checkAnswer({
    ...{ name: 'connectionLabel', method: 'PUT', sent, status: 200, headers: json },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });
}

const refused = { error: 'No.', code: 'INPUT_INVALID' };

test('what is described has no problem', () => {
  expect(label({})).toEqual([]);
  expect(label({ status: 400 }, refused)).toEqual([]);
});

const at = (status: number) => `PUT /api/connections/{id}/label, answered with ${status}: `;
const no = 'the body is not as described:\n';

test.each<[string, readonly string[], string]>([
  ['a status', label({ status: 418 }), `${at(418)}the description does not have this status.`],
  ['no body', label({}, ''), `${at(200)}the description promises a body, and there is none.`],
  [
    'a page',
    label({ headers: { 'content-type': 'text/html; charset=utf-8' } }, '<p>'),
    `${at(200)}the description does not have a body of the type "text/html" here.`,
  ],
  ['half a JSON', label({}, '{'), `${at(200)}${no}✖ Invalid input: expected object, received undefined`],
  [
    'a property too many',
    label({}, { ...labelled, phone: '+1' }),
    `${at(200)}${no}✖ Unrecognized key: "phone"`,
  ],
  ['a property too few', label({}, { connection: 'c1' }), `${at(200)}${no}✖ Invalid input\n  → at label`],
  [
    'the code of another status',
    label({ status: 409 }, refused),
    `${at(409)}${no}✖ Invalid input: expected "LABEL_TAKEN"\n  → at code`,
  ],
  [
    'a field that was taken and is not described',
    label({ sent: { type: null, body: '{"label": "x", "colour": "red"}' } }),
    `${at(200)}what was sent is not as described:\n✖ Unrecognized key: "colour"`,
  ],
  ['another method', label({ method: 'PATCH' }), 'The description has no patch /api/connections/{id}/label.'],
  ['another function', label({ name: 'newFunction' }), '"newFunction" is not registered.'],
])('%s is a problem', (_, problems, sentence) => {
  expect(problems).toEqual([sentence]);
});

test('the answer of a provider may be anything, and one of ours to the same call may not', () => {
  const call = { name: 'providerApi', method: 'GET', sent: { type: null, body: '' }, status: 418 };
  const page = { ...call, headers: { 'content-type': 'text/html' }, body: '<p>' };
  expect(checkAnswer({ ...page, headers: { ...page.headers, 'x-answered-by': 'fitbit' } })).toEqual([]);
  expect(checkAnswer(page)).toEqual([
    'GET /api/connections/{id}/api/{path}, answered with 418: the description does not have this status.',
  ]);
});

test('a form that was taken has the fields that are described', () => {
  const form = (body: string) =>
    checkAnswer({
      ...{ name: 'confirm', method: 'POST', status: 303, headers: {}, body: '' },
      sent: { type: 'application/x-www-form-urlencoded', body },
    });
  expect(form('action=confirm&code=123+456')).toEqual([]);
  expect(form('action=guess')).toEqual([
    expect.stringContaining('answered with 303: the form is not as described:') as string,
  ]);
});
