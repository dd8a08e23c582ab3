/** Describes what the service sends to the addresses of a platform, one webhook for each type of event. */
import * as z from 'zod';
import { eventTypes, type EventType } from '../../model';
import { webhook } from '../../model/answers/webhook';
import type { Schema, Schemas } from './schema';

const summaries: Record<EventType, string> = {
  'connection.created': 'Somebody has connected, or begins to share a connection',
  'connection.reconnect_required': "Only the wearer's new consent helps",
  'connection.restored': 'The connection works again',
  'connection.closed': 'The wearer has disconnected, or nobody confirmed the number',
  'connection.sharing_ended': 'The wearer has ended the sharing',
  'battery.low': 'A battery is low, once from one charge to the next',
  'battery.silent': 'A device has not been heard of for days, once from one charge to the next',
};

const description =
  'Signed by the Standard Webhooks specification (https://www.standardwebhooks.com) and sent to every address of `WEBHOOK_URLS`, at least once: a repeat has the same `webhook-id`. It is tried for almost three days.';

const headers = {
  'webhook-id': 'Names the event, the same at every repeat.',
  'webhook-timestamp':
    'The time of this attempt, in seconds since 1970. Refuse one that is more than five minutes old.',
  'webhook-signature':
    'One or two signatures with a space between: `v1,` and an HMAC-SHA256 in base64 over id, timestamp and body with dots between.',
};

export function describeWebhooks(schemas: Schemas): Record<string, Record<string, Schema>> {
  return Object.fromEntries(eventTypes.map((type) => [type, { post: describeWebhook(schemas, type) }]));
}

function describeWebhook(schemas: Schemas, type: EventType): Schema {
  return {
    operationId: `on ${type}`.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()),
    tags: ['Platform'],
    summary: summaries[type],
    description,
    parameters: Object.entries(headers).map(([name, says]) => ({
      ...{ name, in: 'header', required: true, description: says, schema: { type: 'string' } },
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemas.of(webhook.extend({ type: z.literal(type) })) } },
    },
    responses: {
      '204': { description: 'The event is stored. Any other 2xx says the same.' },
      '410': { description: 'This address wants no more events: the event is given up at once.' },
      default: { description: 'The service tries again later, also after a redirect or no answer.' },
    },
    security: [],
  };
}
