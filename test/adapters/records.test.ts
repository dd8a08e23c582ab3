import { inspect } from 'node:util';
import * as records from '../../src/adapters/records';
import { AppError } from '../../src/errors';
import { Secret } from '../../src/secret';
import { revealed } from '../support/revealed';
import * as samples from '../support/sample-records';

interface Kind {
  /** As an error names it. */
  readonly name: string;
  readonly format: records.RecordFormat<object>;
  readonly full: object;
  readonly minimal: object;
}

function kind<T extends object>(
  name: string,
  format: records.RecordFormat<T>,
  sample: samples.Samples<T>,
): Kind {
  return { name, format: format as unknown as Kind['format'], ...sample };
}

const kinds: Kind[] = [
  kind('token set', records.tokenSetFormat, samples.tokenSets),
  kind('connection', records.connectionFormat, samples.connections),
  kind('identity', records.identityFormat, samples.identities),
  kind('pending login', records.loginFormat, samples.logins),
  kind('confirmation', records.confirmationFormat, samples.confirmations),
  kind('personal link', records.linkFormat, samples.links),
  kind('number', records.numberFormat, samples.numbers),
  kind('opt-out', records.optOutFormat, samples.optOuts),
  kind('consent to texts', records.consentFormat, samples.consents),
  kind('counter', records.counterFormat, samples.counters),
  kind('campaign', records.campaignFormat, samples.campaigns),
  kind('invite', records.inviteFormat, samples.invites),
  kind('reading', records.readingFormat, samples.readings),
  kind('key', records.keyFormat, samples.keyChoices),
  kind('device', records.deviceFormat, samples.devices),
  kind('message', records.messageFormat, samples.messages),
  kind('run', records.runFormat, samples.runs),
  kind('pass', records.passFormat, samples.passes),
  kind('alarm', records.alarmFormat, samples.alarms),
  kind('mark of a digest', records.digestFormat, samples.digests),
  kind('undelivered event', records.undeliveredFormat, samples.undelivered),
  kind('row of the board', records.boardFormat, samples.board),
  kind('journal row', records.sealedFormat, samples.sealedTokenSets),
];

function decodingError(format: Kind['format'], text: string): AppError {
  try {
    format.decode(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was decoded.');
}

describe.each(kinds)('a $name', ({ name, format, full, minimal }) => {
  test.each([
    ['everything in it', full],
    ['nothing that may be left out', minimal],
  ])('with %s comes back as it was', (_, record) => {
    expect(revealed(format.decode(format.encode(record)))).toStrictEqual(revealed(record));
  });

  test('is stored as JSON of version 1', () => {
    expect(JSON.parse(format.encode(minimal))).toMatchObject({ version: 1 });
  });

  const parts = JSON.parse(format.encode(full)) as Record<string, unknown>;
  const unreadable: [string, unknown][] = [
    ['of version 2', { ...parts, version: 2 }],
    ['of version 0', { ...parts, version: 0 }],
    ['whose version is text', { ...parts, version: '1' }],
    ['without a version', { ...parts, version: undefined }],
    ['that is empty', {}],
    ['that is a list', [parts]],
    ['that is null', null],
    ['that is text', 'the-secret'],
    ...Object.keys(JSON.parse(format.encode(minimal)) as object)
      .filter((field) => field !== 'version')
      .flatMap((field): [string, unknown][] => [
        [`without ${field}`, { ...parts, [field]: undefined }],
        [
          `whose ${field} is of another type`,
          { ...parts, [field]: typeof parts[field] === 'object' ? 'the-secret' : { the: 'secret' } },
        ],
      ]),
  ];

  test.each(unreadable)('%s is unreadable, and the error tells nothing of it', (_, stored) => {
    const error = decodingError(format, JSON.stringify(stored));
    expect(error.code).toBe('RECORD_UNREADABLE');
    expect(error.message).toBe(`A stored ${name} has a shape that this version cannot read.`);
    expect(error.cause).toBeUndefined();
  });

  test.each(['', 'the-secret', '{"version":1,"accessToken":"the-secret"', 'undefined'])(
    'that is no JSON (%j) is unreadable, and the error does not repeat it',
    (text) => {
      const error = decodingError(format, text);
      expect(error.code).toBe('RECORD_UNREADABLE');
      expect(inspect(error)).not.toContain('the-secret');
    },
  );
});

describe('at rest', () => {
  test('a confirmation reveals the address that it is about, and no code', () => {
    expect(JSON.parse(records.confirmationFormat.encode(samples.confirmations.full))).toEqual({
      version: 1,
      id: '0123456789abcdef0123456789abcdef',
      connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
      linkVersion: 3,
      phone: '+14255550123',
      email: 'ada@example.org',
      language: 'es',
      textConsent: { at: '2026-11-21T05:59:00.000Z', wording: '2026-11' },
      expiresAt: '2026-11-22T06:00:00.000Z',
      codeNumber: 2,
      codeExpiresAt: '2026-11-21T06:10:00.000Z',
      triesLeft: 5,
      confirmedAt: '2026-11-21T06:01:00.000Z',
      isFormer: false,
    });
  });

  test('a token set reveals its secrets and has ISO times', () => {
    expect(JSON.parse(records.tokenSetFormat.encode(samples.tokenSets.full))).toEqual({
      version: 1,
      connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
      provider: 'google-health',
      consent: 2,
      generation: 17,
      accessToken: 'access "17" \\ äöü',
      refreshToken: '1//refresh-17',
      issuedAt: '2026-11-21T06:00:00.123Z',
      expiresAt: '2026-11-21T14:00:00.000Z',
      refreshExpiresAt: '2026-11-28T06:00:00.000Z',
      scopes: ['settings', 'profile'],
      providerUserId: 'users/1234567890',
      consentedAt: '2026-10-01T06:00:00.000Z',
      journalKey: 'Zm9yIHRoZSBqb3VybmFsIG9mIGdlbmVyYXRpb24gMTg',
    });
  });

  test('a connection has ISO times in all of its parts', () => {
    expect(JSON.parse(records.connectionFormat.encode(samples.connections.full))).toMatchObject({
      version: 1,
      createdAt: '2026-10-01T06:00:00.001Z',
      pointer: { expiresAt: '2026-11-21T14:00:00.250Z', rotatedAt: '2026-11-21T06:00:00.000Z' },
      lease: { until: '2026-11-21T06:00:20.000Z' },
      refusal: { firstAt: '2026-11-21T06:00:01.000Z', confirmedAt: '2026-11-21T06:15:01.000Z' },
      failedAttempt: { at: '2026-11-21T06:00:02.000Z', retryAt: '2026-11-21T07:00:00.000Z' },
      phone: '+14255550123',
    });
  });

  test('secrets are Secrets again when they are read', () => {
    const { tokenSetFormat, connectionFormat, loginFormat } = records;
    const set = tokenSetFormat.decode(tokenSetFormat.encode(samples.tokenSets.full));
    const connection = connectionFormat.decode(connectionFormat.encode(samples.connections.full));
    const login = loginFormat.decode(loginFormat.encode(samples.logins.full));
    for (const secret of [set.accessToken, set.refreshToken, connection.phone, login.phone]) {
      expect(secret).toBeInstanceOf(Secret);
    }
  });

  test('a field that a later version added is ignored', () => {
    const { identityFormat } = records;
    expect(identityFormat.decode('{"version":1,"connection":"c1","more":[1]}')).toEqual({ connection: 'c1' });
  });

  test.each(['2026-11-21', '2026-11-21T06:00:00', '21.11.2026', '', '1700000000000'])(
    'a time written as %j is unreadable',
    (time) => {
      const stored = {
        ...(JSON.parse(records.loginFormat.encode(samples.logins.full)) as object),
        expiresAt: time,
      };
      expect(() => records.loginFormat.decode(JSON.stringify(stored))).toThrow(AppError);
    },
  );
});
