/** What answers say about a connection, to the operator and to platforms alike. */
import * as z from 'zod';
import { connectionStates } from '../connection';
import { boardRanks, textStates } from '../board';
import { batteryWords, deviceKinds } from '../device';
import { connectionId } from '../ids';
import { providerIds } from '../provider-table';
import { messageStates } from '../message';
import { messageKinds } from '../message-kinds';
import { errorCode } from './problem';
import { count, time } from './shape';

export const provider = z
  .enum(providerIds)
  .meta({ id: 'ProviderId', description: 'Who keeps the account of the connection.' });

export const connection = connectionId.describe('The id of the connection.');

export const state = z.enum(connectionStates).meta({
  id: 'ConnectionState',
  description: [
    '- `connected`: tokens are refreshed and batteries are read.',
    '- `failing`: the last refresh failed, and is tried again.',
    '- `check failing`: the batteries cannot be read.',
    '- `reconnect required`: the wearer has to consent again.',
    '- `provider retired`: the provider is switched off; the wearer has to consent at its successor.',
    '- `never connected`: a sign-up that was not completed.',
    '- `closed`: the wearer has disconnected.',
  ].join('\n'),
});

/** A connection as platforms see it: whose it is and whether it works. No number, no token. */
export const listedConnection = z
  .object({
    connection,
    label: z.string().nullable().describe('What the operator or a platform calls it.'),
    outsideId: z.string().nullable().describe('The id of the wearer in another system; came with an invite.'),
    site: z
      .string()
      .nullable()
      .describe('Where the wearer takes part; came with an invite, or an operator has set it.'),
    provider,
    state,
    connectedAt: time.describe('When the wearer last consented.'),
    expiresAt: time
      .nullable()
      .describe('The expiry of the access token; `access-token` refreshes it when needed.'),
    scopes: z.array(z.string()).describe('What the wearer has granted.'),
  })
  .meta({ id: 'ListedConnection', description: 'A connection whose access is shared.' });

export const listedDevice = z
  .object({
    model: z.string().describe('What the provider calls the model.'),
    kind: z.enum(deviceKinds),
    percent: z.number().nullable().describe('The battery level in percent.'),
    word: z
      .enum(batteryWords)
      .nullable()
      .describe('The battery level in a word, where the provider gives one.'),
    syncedAt: time.nullable().describe('When the device last synchronised with the provider.'),
    checkedAt: time.describe('When the service last looked.'),
  })
  .meta({ id: 'ListedDevice', description: 'A device of a connection, with its battery.' });

export const connectionPage = z.object({
  connections: z.array(listedConnection),
  next: z.string().nullable().describe('What `after` has to be for the next page; null on the last one.'),
});

export const connectionWithDevices = listedConnection.extend({ devices: z.array(listedDevice) });

export const labelled = z.object({
  connection,
  label: z.string().nullable().describe('The label that it has now; null if it has none.'),
});

export const handedOutLink = z.object({
  connection,
  link: z.url().describe("The address of the wearer's own page. Show it only to the wearer."),
});

/** RFC 6749 §5.1 without a refresh token, and what the token is for. */
export const accessTokenAnswer = z.object({
  access_token: z.string().describe('Send it to the provider as `Authorization: Bearer <token>`.'),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('How long it is valid from now on, in seconds.'),
  scope: z.string().describe('What the wearer has granted, separated by spaces.'),
  connection,
  provider,
  user_id: z.string().describe('The id of the wearer at the provider.'),
});

/** What the board says of a connection. */
export const boardStatus = z
  .object({
    rank: z
      .enum(boardRanks)
      .describe('Why it needs attention, the most urgent first; `fine` if it does not.'),
    since: time,
    battery: z
      .object({
        device: z.string().describe('What the wearer calls it, or its model.'),
        percent: z.number().optional(),
        word: z.enum(batteryWords).optional(),
        measuredAt: time,
        flatAt: time.optional().describe('By the forecast.'),
      })
      .optional()
      .describe('The emptiest battery.'),
    lastSyncAt: time.optional(),
    lastCheckAt: time.optional().describe('When devices were last read with success, to three hours.'),
    texts: z.enum(textStates).optional().describe('Whether texts reach the wearer, and if not, why.'),
    lastText: z.object({ kind: z.enum(messageKinds), at: time, state: z.enum(messageStates) }).optional(),
    note: z.string().optional().describe('What the staff has written.'),
    contactedAt: time.optional().describe('When somebody of the staff was last in touch with the wearer.'),
  })
  .meta({
    id: 'BoardStatus',
    description: 'Who needs attention. Checks and changes keep it; it is absent before the first check.',
  });

/** What the operator sees of a connection. */
export const connectionStatus = z
  .object({
    connection,
    label: z.string().optional().describe('What the operator or a platform calls it.'),
    outsideId: z.string().optional().describe('The id of the wearer in another system; came with an invite.'),
    provider,
    state,
    consent: count.optional().describe('How often the wearer has consented.'),
    generation: count.optional().describe('How often the token set has been rotated since then.'),
    rotatedAt: time.optional(),
    expiresAt: time.optional().describe('The expiry of the access token.'),
    failure: z
      .object({ code: errorCode, since: time })
      .optional()
      .describe('Why the last refresh failed, and since when refreshes fail.'),
    failingCheck: z
      .object({ code: errorCode, since: time, count })
      .optional()
      .describe('Why batteries cannot be read, since when, and how many checks in a row have failed.'),
    numberDeadSince: time
      .optional()
      .describe("Texts to it have stopped: the carriers say that the wearer's number does not exist."),
    emailDeadSince: time
      .optional()
      .describe("Mails to it have stopped: they came back from the wearer's address."),
    missingScopes: z.array(z.string()).describe('What the settings ask for and the wearer did not grant.'),
    shared: z.boolean().describe('Whether a platform can use its access.'),
    site: z.string().optional().describe('Where the wearer takes part.'),
    vault: z.string().optional().describe('The vault that holds its tokens, by its host; absent: the first.'),
    board: boardStatus.optional(),
  })
  .meta({ id: 'ConnectionStatus', description: 'A connection as the operator sees it.' });
