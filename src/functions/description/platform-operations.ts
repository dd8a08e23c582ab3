/** Describes what platforms ask for with whom access is shared. */
import * as z from 'zod';
import { providerErrorCodes } from '../../error-codes';
import type { ErrorCode } from '../../errors';
import * as toPlatform from '../../model/answers/connection-answers';
import { labelBody, listQuery, refusedBody } from '../sharing/platform-requests';
import { badBody, badTokens, json, program, type Described, type Descriptions } from './plain-operation';

const tag = 'Platform';
const role = 'platform';
const parts = {
  id: 'The id of the connection, or `label:` and its label. `connections` lists the ids.',
};
const about = { tag, role, parts } as const;
const noSuch = ['CONNECTION_UNKNOWN'] as const;

/** The JSON answers that each function gives of its own accord, by status. Functions take only their types from here. */
export const connectionsAnswers = { 200: toPlatform.connectionPage };
export const connectionAnswers = { 200: toPlatform.connectionWithDevices };
export const labelAnswers = { 200: toPlatform.labelled };
export const reconnectLinkAnswers = { 200: toPlatform.handedOutLink };
export const accessTokenAnswers = { 200: toPlatform.accessTokenAnswer };

/** The failures of a connection that is not to be used, or cannot be used now. */
const fails: readonly ErrorCode[] = [
  ...(Object.keys(providerErrorCodes) as (keyof typeof providerErrorCodes)[]),
  'LEASE_HELD',
  'NOT_CONFIGURED',
  'NOT_SHARED',
  'RECONNECT_REQUIRED',
  'TOKEN_NOT_SAVED',
];

const tokenSays = {
  200: 'An access token that is good for at least a minute. There is no refresh token in it.',
};

/** The answer is the provider's own, unless it has no `x-answered-by`. */
const apiCall = program({
  summary: "Call the provider's API in the name of the connection",
  description: [
    "Method, query, body and most headers go on to the provider, and the provider's answer comes back, whatever its status: then `x-answered-by` names the provider. Statuses with an error of the service itself are listed here; such an answer has no `x-answered-by`.",
    'After a 401 the service refreshes the token and repeats the call by itself. The path may have any number of parts. Send the function key as a header, because a `code` in the query belongs to the API. A body may have up to 1 MB.',
  ].join('\n\n'),
  shapes: {},
  says: {},
  refuses: [...badBody, ...badTokens],
  fails,
});

const theirs = {
  description: "The provider's own answer.",
  content: { '*/*': z.unknown() },
  headers: { 'x-answered-by': 'The id of the provider.' },
};

const bodyForApi = { '*/*': z.unknown().describe("What the provider's API wants.") };
const reading: Described = { ...apiCall, answers: { default: theirs } };
const writing: Described = { ...reading, body: bodyForApi };

export const sharingFunctions: Descriptions = {
  connections: {
    tag,
    role,
    methods: {
      get: program({
        summary: 'List the connections that are shared',
        description:
          'A connection is shared if its wearer was told so before the consent and has not ended that. `label` and `outsideId` find one again.',
        query: listQuery,
        shapes: connectionsAnswers,
        says: { 200: 'A page of connections.' },
      }),
    },
  },
  connection: {
    ...about,
    methods: {
      get: program({
        summary: 'Show one connection with its devices',
        description: 'A connection that is not shared is answered like one that does not exist.',
        shapes: connectionAnswers,
        says: { 200: 'The connection.' },
        refuses: noSuch,
      }),
    },
  },
  connectionLabel: {
    ...about,
    methods: {
      put: program({
        summary: 'Give a connection a label',
        description:
          'A label has 1 to 64 letters, digits, dots, dashes, underscores or @, and begins with a letter or digit; null takes it away. It belongs to one connection.',
        body: json(labelBody),
        shapes: labelAnswers,
        says: { 200: 'The label is set.' },
        refuses: [...badBody, ...noSuch, 'LABEL_TAKEN'],
      }),
    },
  },
  reconnectLink: {
    ...about,
    methods: {
      post: program({
        summary: "Give the address of the wearer's own page",
        description:
          'There the wearer reconnects. Show it only to the wearer, because it opens everything that the wearer can do.',
        shapes: reconnectLinkAnswers,
        says: { 200: 'The personal link.' },
        refuses: noSuch,
      }),
    },
  },
  accessToken: {
    ...about,
    methods: {
      get: program({
        summary: 'Give an access token that works',
        description: 'The token is refreshed first if it is about to expire.',
        shapes: accessTokenAnswers,
        says: tokenSays,
        refuses: badTokens,
        fails,
      }),
      post: program({
        summary: 'Give another access token in place of one that the provider has refused',
        description: 'The tokens are refreshed if the token that was refused is the latest one.',
        body: json(refusedBody),
        shapes: accessTokenAnswers,
        says: tokenSays,
        refuses: [...badBody, ...badTokens],
        fails,
      }),
    },
  },
  providerApi: {
    ...about,
    parts: { ...parts, path: "The path in the provider's API, such as `v4/users/me/pairedDevices`." },
    methods: { get: reading, post: writing, put: writing, patch: writing, delete: writing },
  },
};
