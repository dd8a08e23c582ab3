/** What the operator is answered. */
import * as z from 'zod';
import { eventTypes } from '../event';
import { alarmNames, findingCodes, runKinds } from '../operation';
import { connection, connectionStatus, provider } from './connection-answers';
import { errorCode } from './problem';
import { count, time } from './shape';

export const campaignStatus = z
  .object({
    provider,
    startedAt: time,
    told: count.optional(),
    reminded: count.optional(),
    unreachable: count.optional().describe('No text reaches them: no number, or STOP.'),
    waiting: count.optional().describe('Not told yet: it is night there, or the budget is used up.'),
    countedAt: time.optional(),
  })
  .meta({
    id: 'CampaignStatus',
    description:
      'A request to all wearers of a provider to move to its successor. The counts are those of the last pass over all connections; they are absent before the first one.',
  });

export const serviceStatus = z.object({
  connections: z.array(connectionStatus).describe('A page of them.'),
  next: z.string().nullable().describe('`after` of the next page; `null` on the last one.'),
  alarms: z.array(
    z.object({
      name: z.enum(alarmNames),
      since: time,
      count: count.optional().describe('How many it concerns.'),
    }),
  ),
  runs: z
    .array(
      z.object({
        kind: z.enum(runKinds),
        completedAt: time
          .optional()
          .describe('When every connection had a job; absent while the first run goes on.'),
        count: count.describe('How many jobs it gave.'),
      }),
    )
    .describe('The last run of each kind.'),
  campaigns: z.array(campaignStatus),
  undelivered: z
    .array(
      z.object({
        event: z.string().describe('The `webhook-id`.'),
        type: z.enum(eventTypes),
        at: time.describe('When it happened.'),
        connection,
        address: z.string().describe('Scheme, host and port of the address that did not take it.'),
        attempts: count,
        outcome: z.string().describe('What the last attempt came to.'),
        status: count.optional().describe('The HTTP status of its answer.'),
        givenUpAt: time,
      }),
    )
    .describe(
      'Events that were given up within the last thirty days; the latest hundred, the last one first.',
    ),
});

export const campaignsBegun = z.object({ campaigns: z.array(campaignStatus) });

export const health = z.object({
  status: z.literal('up'),
  configured: z.boolean().describe('Tokens can be rotated and texts be sent.'),
  ready: z
    .object({ tokens: z.boolean(), texts: z.boolean(), emails: z.boolean() })
    .describe(
      'What would work now: refreshing tokens, which needs no number, and sending texts and e-mails. Nothing that it needs is missing, fails or is refused.',
    ),
  missing: z.array(z.string()).describe('Names of settings and of secrets in Key Vault; never a value.'),
  failing: z
    .array(z.string())
    .describe('Which of vault, tables, queues and texts do not work, each with what it answered.'),
});

export const finding = z
  .object({
    code: z.enum(findingCodes),
    about: provider.optional().describe('Which provider, where there can be several.'),
    state: z.enum(['good', 'bad', 'unknown']).describe('`unknown`: it could not be seen from here.'),
    what: z.string().describe('What was found, in one sentence.'),
    todo: z.string().optional().describe('What to do, in one sentence; absent where all is good.'),
  })
  .meta({ id: 'Finding', description: 'What the doctor found about one thing that the service depends on.' });

export const doctorReport = z.object({
  status: z.enum(['well', 'unwell']).describe('`unwell` as soon as one finding is bad.'),
  findings: z.array(finding),
});

export const misconfigured = z.object({
  status: z.literal('misconfigured'),
  settings: z.array(z.string()).describe('The names of the settings that are malformed.'),
});

/** A run over all connections has begun. */
export const runBegun = z
  .object({
    run: z.string().describe('The id of the run, as the log names it.'),
    connections: count.describe('How many connections have a job so far.'),
    complete: z
      .literal(false)
      .optional()
      .describe('Present while some connections have no job yet: the service goes on by itself.'),
  })
  .meta({ id: 'RunBegun', description: 'Every connection gets a job; the jobs are spread over time.' });

export const rotated = z.object({
  connection,
  outcome: z
    .enum(['rotated', 'refreshed', 'kept'])
    .describe(
      '`refreshed`: the refresh token stays, only the access token is new. `kept`: nothing had to be done.',
    ),
  reason: z.string().describe('Why, in words.'),
  consent: count,
  generation: count,
  expiresAt: time.describe('The expiry of the access token.'),
});

export const rotationHeld = z.object({
  connection,
  outcome: z.literal('held'),
  reason: z.string().describe('Another worker is rotating this connection.'),
});

export const rotationJournalled = z.object({
  connection,
  outcome: z.literal('journalled'),
  reason: z.string().describe('Where the new token set is.'),
});

export const rotationFailed = z.object({
  connection,
  outcome: z.literal('failed'),
  reason: z.string().optional().describe('Why the provider was asked, in words.'),
  code: errorCode,
  retryAt: time.optional().describe('The provider asks not to come back before this time.'),
});

export const checked = z.object({
  connection,
  outcome: z.literal('checked'),
  devices: count.describe('How many devices were read.'),
  alerts: count.describe('How many alerts were decided.'),
  sent: count.describe('How many texts were sent.'),
});

export const checkFailed = z.object({
  connection,
  outcome: z.literal('failed'),
  code: errorCode,
  retryAt: time.optional().describe('The provider asks not to come back before this time.'),
});

export const inviteMade = z.object({
  label: z.string().optional(),
  outsideId: z.string().optional(),
  site: z.string().optional(),
  link: z.url().describe('Where the wearer signs up.'),
  expiresAt: time.describe('Until when the link works.'),
  note: z
    .string()
    .optional()
    .describe('For people: that a connection or another invite has the label already, and which.'),
});
