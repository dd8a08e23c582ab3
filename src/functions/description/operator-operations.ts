/** Describes what the operator asks for. */
import * as z from 'zod';
import * as toOperator from '../../model/answers/operator-answers';
import {
  campaignOrder,
  inviteColumns,
  inviteOrder,
  mostInvitesAtOnce,
  someConnections,
  statusQuery,
} from '../operator/operator-requests';
import {
  badBody,
  badTokens,
  json,
  jsonOf,
  program,
  type Described,
  type Descriptions,
} from './plain-operation';

const tag = 'Operator';
const role = 'operator';

/** The JSON answers that each function gives of its own accord, by status. Functions take only their types from here. */
export const checkAnswers = {
  200: toOperator.checked,
  202: toOperator.runBegun,
  409: toOperator.checkFailed,
  502: toOperator.checkFailed,
};

export const rotateAnswers = {
  200: toOperator.rotated,
  202: toOperator.runBegun,
  409: z.union([toOperator.rotationHeld, toOperator.rotationFailed]),
  502: toOperator.rotationFailed,
  503: toOperator.rotationJournalled,
};

export const invitesAnswers = { 201: toOperator.inviteMade };
export const reconnectAnswers = { 202: toOperator.campaignsBegun };
export const statusAnswers = { 200: toOperator.serviceStatus };
export const doctorAnswers = { 200: toOperator.doctorReport };
export const healthAnswers = {
  200: toOperator.health,
  503: z.union([toOperator.health, toOperator.misconfigured]),
};

const oneOrAll =
  'With `{"connection": "<id>"}` the work is done when the answer comes. With `{"all": true}` it becomes a run: every open connection that does not wait for a new consent gets a job, and the jobs are spread over time.';

export const operatorFunctions: Descriptions = {
  opsRotate: {
    tag,
    role,
    methods: {
      post: program({
        summary: 'Refresh tokens now',
        description: oneOrAll,
        body: json(someConnections),
        shapes: rotateAnswers,
        says: {
          200: 'The tokens of this connection are good.',
          202: 'A run has begun.',
          409: 'Another worker is busy with this connection, or its wearer has to connect again.',
          502: 'The refresh failed.',
          503: 'The new token set is safe in the journal and becomes current by itself.',
        },
        refuses: [...badBody, ...badTokens],
      }),
    },
  },
  opsCheck: {
    tag,
    role,
    methods: {
      post: program({
        summary: 'Read batteries now',
        description: oneOrAll,
        body: json(someConnections),
        shapes: checkAnswers,
        says: {
          200: 'The batteries were read.',
          202: 'A run has begun.',
          409: 'Another worker is busy with this connection, or its wearer has to connect again.',
          502: 'The batteries could not be read.',
        },
        refuses: [...badBody, ...badTokens],
      }),
    },
  },
  opsReconnect: {
    tag,
    role,
    methods: {
      post: program({
        summary: 'Ask wearers to move to the successor of a provider',
        description: 'A job texts every wearer at this provider once, and once more after a week.',
        body: json(campaignOrder),
        shapes: reconnectAnswers,
        says: { 202: 'The campaign has begun, or had begun before.' },
        refuses: badBody,
      }),
    },
  },
  opsInvites: {
    tag,
    role,
    methods: {
      post: orCsv(
        program({
          summary: 'Make links to sign up with',
          description: `One invite from JSON, or up to ${mostInvitesAtOnce} from CSV. The first row of the CSV names columns out of \`${inviteColumns}\`. If a row is wrong, the answer names it, and no invite is made.`,
          body: json(inviteOrder),
          shapes: invitesAnswers,
          says: { 201: 'The invite, or a row for each as CSV.' },
          refuses: badBody,
        }),
      ),
    },
  },
  opsStatus: {
    tag,
    role,
    methods: {
      get: program({
        summary: 'Show every connection, alarm, run and campaign',
        description:
          'Connections come in pages, in the order of their ids or with `attention=1` in that of the board. No token and no number is in the answer.',
        query: statusQuery,
        shapes: statusAnswers,
        says: { 200: 'The state of the service.' },
      }),
    },
  },
  opsDoctor: {
    tag,
    role,
    methods: {
      get: program({
        summary: 'Find out what does not work, and what to do',
        description:
          'It tries each dependency once: it writes a secret and a row, takes a job in and out, asks each provider with an invented code, and sends nothing to anybody. `docs/operations.md` lists the codes.',
        shapes: doctorAnswers,
        says: { 200: 'What was found.' },
      }),
    },
  },
  openapi: {
    tag,
    methods: {
      get: {
        summary: 'Describe the HTTP API',
        description: 'Open to everybody, because no secret is in it.',
        answers: {
          200: jsonOf(
            'This document.',
            z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
          ),
        },
        errors: [[500, 'UNEXPECTED']],
      },
    },
  },
  health: {
    tag,
    methods: {
      get: program({
        summary: 'Say whether the service works',
        description:
          'Open to everybody: it names settings and stores, and shows no value. While a setting is malformed, this is the only function.',
        shapes: healthAnswers,
        says: {
          200: 'The service is up, and nothing that it needs fails.',
          503: 'Something that the service needs fails, or a setting is malformed.',
        },
      }),
    },
  },
};

/** CSV in and CSV out, as well as JSON. */
function orCsv(operation: Described): Described {
  const csv = {
    'text/csv': z.string().describe('A first row that names the columns, and a row for each invite.'),
  };
  const made = operation.answers['201']!;
  return {
    ...operation,
    body: { ...operation.body, ...csv },
    answers: { ...operation.answers, 201: { ...made, content: { ...made.content, ...csv } } },
  };
}
