/** One record of every kind with everything in it, and one with nothing that may be left out. */
import type { KeyChoice, SealedTokenSet } from '../../src/adapters/records';
import type {
  Alarm,
  BoardRow,
  Campaign,
  Confirmation,
  Connection,
  Counter,
  Device,
  DigestMark,
  Identity,
  Invite,
  PersonalLink,
  Message,
  NumberUse,
  OptOut,
  Pass,
  PendingLogin,
  Run,
  StoredReading,
  TextConsentProof,
  TokenSet,
  UndeliveredEvent,
} from '../../src/model';
import { Secret } from '../../src/secret';

export interface Samples<T> {
  /** A field that is new in the model has to get a value here, and thereby shows when it is not stored. */
  readonly full: Complete<T>;
  readonly minimal: T;
}

type Complete<T> = T extends Secret | readonly unknown[] | string | number | boolean
  ? T
  : { readonly [Field in keyof T]-?: Complete<Exclude<T[Field], undefined>> };

const time = (text: string): number => Date.parse(text);

export const connections: Samples<Connection> = {
  full: {
    id: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    provider: 'google-health',
    createdAt: time('2026-10-01T06:00:00.001Z'),
    label: 'participant-17',
    outsideId: '4711/B',
    site: 'Leeds',
    note: { text: 'On holiday until Monday.', at: time('2026-11-20T09:00:00Z'), by: 'Ada' },
    contacted: { at: time('2026-11-20T09:01:00Z'), by: 'Ada' },
    invite: '0f'.repeat(32),
    returnTo: 'https://study.example.org/done',
    consentReserved: 3,
    vault: 'tokens-2.vault.azure.net',
    pointer: {
      consent: 2,
      generation: 17,
      secretVersion: '0123456789abcdef0123456789abcdef',
      expiresAt: time('2026-11-21T14:00:00.250Z'),
      rotatedAt: time('2026-11-21T06:00:00Z'),
      consentedAt: time('2026-10-01T06:00:00Z'),
      refreshExpiresAt: time('2026-11-28T06:00:00Z'),
    },
    lease: { owner: 'worker-1', until: time('2026-11-21T06:00:20Z') },
    refusal: {
      consent: 2,
      generation: 17,
      firstAt: time('2026-11-21T06:00:01Z'),
      confirmedAt: time('2026-11-21T06:15:01Z'),
    },
    replaysFor: { consent: 2, generation: 17, batch: 'run-6' },
    failedAttempt: {
      at: time('2026-11-21T06:00:02Z'),
      code: 'RATE_LIMITED',
      retryAt: time('2026-11-21T07:00:00Z'),
    },
    failingCheck: {
      since: time('2026-11-20T06:00:00Z'),
      code: 'ACCESS_FORBIDDEN',
      codeSince: time('2026-11-20T07:00:00Z'),
      count: 24,
      lastAt: time('2026-11-21T06:00:00Z'),
    },
    retirement: { firstAt: time('2026-11-20T06:00:00Z'), confirmedAt: time('2026-11-20T12:00:00Z') },
    rollover: { consent: 2, follows: { consent: 1, generation: 400 } },
    access: {
      consent: 2,
      generation: 17,
      issuedAt: time('2026-11-21T06:30:00Z'),
      expiresAt: time('2026-11-21T07:30:00Z'),
      sealed: 'c2VhbGVk',
    },
    refusedAccess: { consent: 2, generation: 17, issuedAt: time('2026-11-21T06:00:00Z') },
    published: {
      consent: 2,
      generation: 17,
      issuedAt: time('2026-11-21T06:30:00Z'),
      expiresAt: time('2026-11-21T07:30:00Z'),
      name: 'access-token-participant-17',
    },
    missingScopes: ['sleep', 'https://www.googleapis.com/auth/googlehealth.profile.readonly'],
    sharedWith: 'a sleep study',
    phone: new Secret('+14255550123'),
    email: new Secret('ada@example.org'),
    numberDeadSince: time('2026-11-19T06:00:00Z'),
    emailDeadSince: time('2026-11-19T07:00:00Z'),
    textConsent: { at: time('2026-10-01T05:59:00Z'), wording: '2026-11' },
    confirmBy: time('2026-10-02T06:00:00Z'),
    preferences: {
      paused: true,
      threshold: 30,
      criticalAt: 0,
      remindEveryHours: 12,
      tellRecovered: true,
      quietHours: { from: 1320, to: 420 },
      timeZone: 'Europe/Berlin',
      language: 'de',
      mutedDevices: ['0123456789abcdef0123456789abcdef'],
      deviceNames: { '0123456789abcdef0123456789abcdef': "Ada's watch" },
    },
    linkVersion: 2,
    linkReplaced: { at: time('2026-11-20T06:00:00Z'), by: 'Zm9ybQ' },
    timeZone: 'America/Los_Angeles',
    failingSince: time('2026-11-20T06:00:00Z'),
    identities: ['4dbe74fc5aa5d07a4e7e0eb0c4ee6c5bd41e5fd0d8a5b5c2ab5b4d2a1c0e9f88'],
    events: [
      {
        id: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
        type: 'battery.low',
        at: time('2026-11-21T06:00:00Z'),
        data: {
          connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
          label: 'participant-17',
          outsideId: null,
          provider: 'google-health',
          state: 'connected',
          device: { model: 'Charge 6', percent: 17, word: 'low', syncedAt: '2026-11-21T05:59:59.000Z' },
        },
      },
    ],
    closedAt: time('2026-11-21T08:00:00Z'),
    revocation: { consent: 2, generation: 17, revoked: true },
    erasedAt: time('2026-11-21T08:00:01Z'),
  },
  minimal: { id: 'c1', provider: 'fitbit', createdAt: 0, consentReserved: 1, missingScopes: [] },
};

export const identities: Samples<Identity> = {
  full: { connection: 'c0ffee00c0ffee00c0ffee00c0ffee00' },
  minimal: { connection: 'c1' },
};

export const logins: Samples<PendingLogin> = {
  full: {
    provider: 'fitbit',
    codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    phone: new Secret('+4915112345678'),
    email: new Secret('ada@example.org'),
    textConsent: { at: time('2026-11-21T06:00:00Z'), wording: '2026-11' },
    language: 'fr',
    reconnects: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    sharedWith: 'a sleep study',
    linkVersion: 2,
    expiresAt: time('2026-11-21T06:10:00Z'),
    invite: '0f'.repeat(32),
    consumedBy: 'callback-1',
  },
  minimal: { provider: 'google-health', codeChallenge: 'challenge', expiresAt: 0 },
};

export const confirmations: Samples<Confirmation> = {
  full: {
    id: '0123456789abcdef0123456789abcdef',
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    linkVersion: 3,
    phone: new Secret('+14255550123'),
    email: new Secret('ada@example.org'),
    textConsent: { at: time('2026-11-21T05:59:00Z'), wording: '2026-11' },
    language: 'es',
    expiresAt: time('2026-11-22T06:00:00Z'),
    codeNumber: 2,
    codeExpiresAt: time('2026-11-21T06:10:00Z'),
    triesLeft: 5,
    confirmedAt: time('2026-11-21T06:01:00Z'),
    isFormer: false,
  },
  minimal: {
    id: 'i1',
    connection: 'c1',
    textConsent: { at: 0, wording: '' },
    expiresAt: 0,
    codeNumber: 0,
    codeExpiresAt: 0,
    triesLeft: 0,
  },
};

export const links: Samples<PersonalLink> = {
  // The second version of a link is not the second version of what a record looks like.
  full: {
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    linkVersion: 2,
    usedAt: time('2026-11-20T06:00:00Z'),
  },
  minimal: { connection: 'c1', linkVersion: 1 },
};

export const numbers: Samples<NumberUse> = {
  full: { connection: 'c0ffee00c0ffee00c0ffee00c0ffee00' },
  minimal: { connection: 'c1' },
};

export const optOuts: Samples<OptOut> = {
  full: { at: time('2026-11-21T06:00:00.001Z'), stopped: true },
  minimal: { at: 0, stopped: false },
};

export const consents: Samples<TextConsentProof> = {
  full: {
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    at: time('2026-11-21T05:59:00Z'),
    wording: '2026-11',
    endedAt: time('2026-11-22T06:00:00Z'),
  },
  minimal: { connection: 'c1', at: 0, wording: '2026-11' },
};

export const counters: Samples<Counter> = {
  full: { count: 20, window: '2026-11-21' },
  minimal: { count: 0, window: '1970-01' },
};

export const campaigns: Samples<Campaign> = {
  full: {
    provider: 'fitbit',
    startedAt: time('2026-11-21T06:00:00.001Z'),
    progress: { at: time('2026-11-21T06:30:00Z'), told: 5, reminded: 3, unreachable: 1, waiting: 0 },
  },
  minimal: { provider: 'google-health', startedAt: 0 },
};

export const invites: Samples<Invite> = {
  full: {
    createdAt: time('2026-11-21T06:00:00.001Z'),
    expiresAt: time('2026-12-21T06:00:00.001Z'),
    label: 'participant-17',
    outsideId: '4711/B',
    site: 'Leeds',
    returnTo: 'https://study.example.org/done',
    uses: 1,
    usedBy: ['aGFzaCBvZiBhbiBhY2NvdW50'],
  },
  minimal: { createdAt: 0, expiresAt: 0, uses: 1, usedBy: [] },
};

export const readings: Samples<StoredReading> = {
  full: { at: time('2026-11-21T06:00:00.001Z'), percent: 19.5 },
  minimal: { at: 0, percent: 0 },
};

export const keyChoices: Samples<KeyChoice> = {
  full: { secretVersion: '0123456789abcdef0123456789abcdef' },
  minimal: { secretVersion: '' },
};

export const devices: Samples<Device> = {
  full: {
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    reading: {
      device: 'users/1/pairedDevices/ä#?/2',
      kind: 'tracker',
      model: 'Ada’s “Charge 6” 🔋\n"\\',
      percent: 19.5,
      word: 'medium',
      syncMark: '2026-11-21T05:59:59.000',
      syncedAt: time('2026-11-21T05:59:59Z'),
      syncedBefore: time('2026-11-21T17:59:59Z'),
    },
    knownAs: 'ABC/1',
    number: 2,
    firstSeenAt: time('2026-11-21T06:00:00Z'),
    checkedAt: time('2026-11-21T07:00:00Z'),
    checkedSince: time('2026-11-19T07:00:00Z'),
    cycle: 4,
    armed: false,
    toldAt: time('2026-11-21T06:00:01Z'),
    toldCriticalAt: time('2026-11-21T06:30:00Z'),
    reminders: 2,
    toldLevel: 19.5,
    lowest: 18,
    risenAt: time('2026-11-21T06:45:00Z'),
    doubted: true,
    silentAt: time('2026-11-23T06:30:00Z'),
    unseenAt: time('2026-11-28T06:30:00Z'),
    lowEventAt: time('2026-11-21T06:00:01Z'),
    silentEventAt: time('2026-11-23T06:30:00Z'),
    heard: true,
    goneAt: time('2026-12-05T06:30:00Z'),
  },
  minimal: {
    connection: 'c1',
    reading: { device: 'd1', kind: 'other', model: '' },
    firstSeenAt: 0,
    checkedAt: 0,
    cycle: 1,
    armed: true,
  },
};

export const messages: Samples<Message> = {
  full: {
    id: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    kind: 'low',
    device: 'd1',
    cycle: 2,
    createdAt: time('2026-11-21T06:00:00Z'),
    repeats: { id: '0c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00', nth: 1 },
    state: 'claimed',
    body: 'Your Charge 6 is at 0 %.\nPlease charge it.',
    facts: {
      model: 'Charge 6',
      isNamed: true,
      number: 2,
      percent: 0,
      word: 'empty',
      hoursLeft: 14,
      silentDays: 3,
      since: time('2026-11-20T06:00:00Z'),
      help: 'permission',
      codeNumber: 2,
      linkVersion: 3,
      provider: 'Fitbit',
      successor: 'Google Health',
      alarm: 'jobs poisoned',
      count: 12,
      letter: { subject: 'News', body: 'Nobody is new.' },
    },
    firstSentAt: time('2026-11-21T06:00:01Z'),
    claimedUntil: time('2026-11-21T06:01:01Z'),
    claimedFor: 'aGFzaCBvZiBhbiBhZGRyZXNz',
    claimedBy: 'sender-1',
    turnedAwayAt: time('2026-11-21T05:00:00Z'),
    way: 'email',
    subject: 'ALARM: jobs poisoned (12)',
    smsId: 'Outgoing_1',
    failure: 'HTTP 400',
    reportedAt: time('2026-11-21T06:00:03Z'),
    carrierSaid: 'Sender blocked for given recipient.',
  },
  minimal: {
    id: 'm1',
    connection: 'c1',
    kind: 'low',
    createdAt: 0,
    state: 'pending',
    facts: {},
  },
};

export const runs: Samples<Run> = {
  full: {
    kind: 'check-battery',
    id: 'run-7',
    startedAt: time('2026-11-21T06:20:00.001Z'),
    completedAt: time('2026-11-21T06:20:02Z'),
    count: 50,
    previousCount: 49,
    somebodyAt: time('2026-11-21T06:20:00.001Z'),
    findings: { at: time('2026-11-21T06:20:00.001Z'), counts: { 'connections overdue': 2 } },
  },
  minimal: { kind: 'rotate-token', id: 'run-1', startedAt: 0, count: 0 },
};

export const passes: Samples<Pass> = {
  full: {
    name: 'check-battery',
    id: 'pass-7',
    startedAt: time('2026-11-21T06:15:00Z'),
    completedAt: time('2026-11-21T06:16:00Z'),
    positions: { '0': 'done', a: { partition: 'a', row: 'c0ffee00c0ffee00c0ffee00c0ffee00' } },
    counts: { 'connections overdue': 2 },
    isSharded: true,
    heldUntil: time('2026-11-21T06:17:00Z'),
  },
  minimal: { name: 'closings', id: 'pass-1', startedAt: 0, positions: {}, counts: {} },
};

export const alarms: Samples<Alarm> = {
  full: {
    name: 'grants about to expire',
    since: time('2026-11-20T06:00:00Z'),
    raisedBy: 'id-7',
    lastSeenAt: time('2026-11-21T06:00:00Z'),
    count: 12,
    toldAt: time('2026-11-21T05:00:00Z'),
    endedAt: time('2026-11-21T07:00:00Z'),
    about: 'keyed-hash-of-an-address',
  },
  minimal: { name: 'jobs poisoned', since: 0, lastSeenAt: 0 },
};

export const digests: Samples<DigestMark> = {
  full: { day: '2026-11-29', rank: 'silent' },
  minimal: { day: '2026-11-29' },
};

export const undelivered: Samples<UndeliveredEvent> = {
  full: {
    event: '3c5f2a90-1b2c-4d3e-8f4a-5b6c7d8e9f00',
    type: 'connection.closed',
    at: time('2026-11-21T06:00:00.001Z'),
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    address: 'https://study.example.org',
    attempts: 16,
    outcome: 'refused',
    status: 503,
    givenUpAt: time('2026-11-24T02:00:00Z'),
  },
  minimal: {
    event: 'e1',
    type: 'battery.low',
    at: 0,
    connection: 'c1',
    address: '',
    attempts: 1,
    outcome: 'no answer',
    givenUpAt: 0,
  },
};

export const board: Samples<BoardRow> = {
  full: {
    entry: {
      connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
      provider: 'google-health',
      label: 'participant-17',
      outsideId: '4711/B',
      site: 'Leeds',
      rank: 'low',
      since: time('2026-11-21T05:00:00Z'),
      connectedAt: time('2026-10-01T06:00:00Z'),
      state: 'connected',
      consentNeededSince: time('2026-11-20T06:00:00Z'),
      failingCheck: { code: 'SCOPE_MISSING', since: time('2026-11-20T06:00:00Z'), onlyWearerCanHelp: true },
      battery: {
        row: '0123456789abcdef0123456789abcdef',
        name: 'Charge 6',
        percent: 17,
        word: 'low',
        at: time('2026-11-21T05:00:00Z'),
        levels: [80, null, 17],
        lastHalfDay: 41_560,
        flatAt: time('2026-11-22T06:00:00Z'),
      },
      lowSince: time('2026-11-21T05:00:00Z'),
      silentSince: time('2026-11-18T05:00:00Z'),
      hearing: 'quiet',
      syncedAt: time('2026-11-21T05:00:00Z'),
      checkedAt: time('2026-11-21T06:00:00Z'),
      texts: 'on',
      numberDeadSince: time('2026-11-19T06:00:00Z'),
      emailDeadSince: time('2026-11-19T07:00:00Z'),
      lastText: { id: 'm1', kind: 'low', at: time('2026-11-21T06:00:00Z'), state: 'delivered' },
      rotatedAt: time('2026-11-21T06:00:00Z'),
      expiresAt: time('2026-11-21T14:00:00Z'),
      note: { text: 'On holiday until Monday.', at: time('2026-11-20T09:00:00Z'), by: 'Ada' },
      contacted: { at: time('2026-11-20T09:01:00Z'), by: 'Ada' },
      vault: 'tokens-2.vault.azure.net',
    },
    counts: { low: 3, 'low Leeds': 1, 'devices quiet': 2 },
  },
  minimal: {},
};

export const sealedTokenSets: Samples<SealedTokenSet> = {
  full: { consent: 2, generation: 18, sealed: 'c2VhbGVkIGJ5IHRoZSBrZXkgb2YgZ2VuZXJhdGlvbiAxNw==' },
  minimal: { consent: 1, generation: 1, sealed: '' },
};

export const tokenSets: Samples<TokenSet> = {
  full: {
    connection: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    provider: 'google-health',
    consent: 2,
    generation: 17,
    accessToken: new Secret('access "17" \\ äöü'),
    refreshToken: new Secret('1//refresh-17'),
    issuedAt: time('2026-11-21T06:00:00.123Z'),
    expiresAt: time('2026-11-21T14:00:00Z'),
    refreshExpiresAt: time('2026-11-28T06:00:00Z'),
    scopes: ['settings', 'profile'],
    providerUserId: 'users/1234567890',
    consentedAt: time('2026-10-01T06:00:00Z'),
    journalKey: new Secret('Zm9yIHRoZSBqb3VybmFsIG9mIGdlbmVyYXRpb24gMTg'),
  },
  minimal: {
    connection: 'c1',
    provider: 'fitbit',
    consent: 1,
    generation: 1,
    accessToken: new Secret('a'),
    refreshToken: new Secret('r'),
    issuedAt: 0,
    expiresAt: 0,
    scopes: [],
    providerUserId: '',
  },
};
