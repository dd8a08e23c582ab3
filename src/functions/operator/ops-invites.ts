/**
 * `POST ops/invites`: makes links to sign up with, one from JSON or many from CSV. A connection that is made with one has its label and
 * outside id from the beginning. Function key.
 */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import { findByLabel } from '../../domain/connection/labels';
import { createInvite, mayReturnTo, type NewInvite } from '../../domain/wearer/invites';
import { AppError } from '../../errors';
import type { inviteMade } from '../../model/answers/operator-answers';
import type { AnswerOf } from '../../model/answers/shape';
import { paths } from '../../paths';
import type { Services } from '../../services';
import { onCall } from '../caller';
import { answering, jsonAnswer } from '../http/answers';
import { quoted, readBytes, readJson } from '../http/read-request';
import type { invitesAnswers } from '../description/operator-operations';
import { readInviteRows, refuseSameLabels, writeInviteRows } from './invites-csv';
import { inviteColumns, inviteOrder } from './operator-requests';

const answer = answering<typeof invitesAnswers>();

const dayMs = 24 * 3_600_000;
/** So many rows with all that may stand in them. */
const largestCsv = 1024 * 1024;
const sideBySide = 16;

type Order = z.output<typeof inviteOrder>;

export const opsInvites = (services: Services) =>
  onCall(services, 'operator', async (request) => {
    if (isCsv(request)) {
      return fromCsv(services, (await readBytes(request, largestCsv)) ?? new Uint8Array());
    }
    const [made] = await make(services, [readOrder(services, await readInvite(request), 'The invite')]);
    return answer(201, made!);
  });

function isCsv({ headers }: HttpRequest): boolean {
  return headers.get('content-type')?.startsWith('text/csv') === true;
}

async function readInvite(request: HttpRequest): Promise<unknown> {
  const body = await readJson(request);
  if (body !== undefined) return body;
  throw new AppError(
    'INPUT_INVALID',
    `Send JSON such as {"label": "participant-17", "days": 30}, or CSV (${inviteColumns}).`,
  );
}

/** Every row is read before the first invite is made. */
async function fromCsv(services: Services, bytes: Uint8Array): Promise<HttpResponseInit> {
  const { rows, form } = await readInviteRows(bytes);
  const orders = rows.map(({ name, cells }) => ({ name, ...readOrder(services, cells, name) }));
  refuseSameLabels(orders);
  const made = await make(
    services,
    orders.map(({ name: _, ...order }) => order),
  );
  const { headers } = jsonAnswer({});
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' },
    body: await writeInviteRows(made, form),
  };
}

/** @throws AppError `INPUT_INVALID`, naming the field */
function readOrder({ policy }: Services, given: unknown, what: string): Order {
  const parsed = inviteOrder.safeParse(given);
  if (!parsed.success) {
    throw new AppError('INPUT_INVALID', `${what} is not right: ${sayIssue(parsed.error.issues[0])}.`);
  }
  const { returnTo } = parsed.data;
  if (returnTo !== undefined && !mayReturnTo(policy, returnTo)) {
    throw new AppError(
      'INPUT_INVALID',
      `${what} is not right: returnTo must begin with one of the addresses in the setting RETURN_ADDRESSES.`,
    );
  }
  return parsed.data;
}

function sayIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    return `an invite has no field ${quoted(unknown)}; its fields are ${inviteColumns}`;
  }
  const name = issue?.path.join('.') ?? '';
  return name === '' ? 'it must be one JSON object' : `${name} ${issue?.message ?? 'cannot be read'}`;
}

type Made = AnswerOf<typeof inviteMade>;

async function make(services: Services, orders: readonly Order[]): Promise<Made[]> {
  const made: Made[] = [];
  for (let from = 0; from < orders.length; from += sideBySide) {
    const some = orders.slice(from, from + sideBySide).map((order) => makeOne(services, order));
    made.push(...(await Promise.all(some)));
  }
  services.log.info('invites.made', { count: made.length });
  return made;
}

async function makeOne(services: Services, { uses = 1, days = 30, ...named }: Order): Promise<Made> {
  const invite = await createInvite(services, { ...named, uses, lifeMs: days * dayMs });
  const { label, outsideId, site } = named;
  const link = `${services.publicUrl}${paths.signUp}?invite=${invite.code}`;
  const note = label === undefined ? undefined : await noteOn(services, label, invite);
  return { label, outsideId, site, link, expiresAt: new Date(invite.expiresAt).toISOString(), note };
}

/** It is no error: the invite can be for the wearer who has the label, or take the place of one that was lost. */
async function noteOn(
  services: Services,
  label: string,
  { labelInvitedAt }: NewInvite,
): Promise<string | undefined> {
  const connection = await findByLabel(services, label);
  if (connection) {
    return `The connection ${connection.id} has this label. Another wearer who signs up with this invite is connected without the label.`;
  }
  if (labelInvitedAt === undefined) return undefined;
  return `There is another invite with this label, made at ${new Date(labelInvitedAt).toISOString()}. The label goes to the wearer who signs up first.`;
}
