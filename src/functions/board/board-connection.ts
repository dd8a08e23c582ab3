/**
 * `GET/POST ops/board/{id}`: one connection, and what staff do about it. A coordinator reads, notes and marks; the rest needs an operator. Whoever
 * is limited to sites finds no other connection.
 */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { maySee, readEntry } from '../../domain/board/read-board';
import { connectionFacts } from '../../domain/board/board-facts';
import { noteConnection } from '../../domain/board/keep-board';
import { markContacted, setSite, writeNote } from '../../domain/board/staff-notes';
import { rulesFor } from '../../domain/battery/battery-policy';
import { titleOf } from '../../domain/battery/device-name';
import { isMissing, silentSince } from '../../domain/battery/silence';
import { readOpenConnection } from '../../domain/connection/read';
import { needsConsent } from '../../domain/connection/state';
import { hasLivingAddress } from '../../domain/contact/address-of';
import { readTextState } from '../../domain/contact/addresses';
import { zoneOf } from '../../domain/contact/time-zone';
import { checkBattery } from '../../domain/operation/check-battery';
import { rotateToken } from '../../domain/rotation/rotate-token';
import { closeConnection } from '../../domain/wearer/close-connection';
import { historyDays, listDevices, savePreferences } from '../../domain/wearer/personal-page';
import { sendStaffLink } from '../../domain/wearer/send-asked-for';
import { AppError } from '../../errors';
import type { BoardEntry, Connection, Message, StaffRole } from '../../model';
import { connectionPage } from '../../pages/board/connection-page';
import type { BoardDevice, ConnectionPage } from '../../pages/board/connection-view';
import { paths } from '../../paths';
import type { Services } from '../../services';
import { redirectAnswer } from '../http/answers';
import { ownOf } from '../http/own-property';
import { PageError } from '../http/page-error';
import { readForm } from '../http/read-request';
import { connectionIdOf, noSuchConnection } from '../invocation';
import { siteName } from '../operator/operator-requests';
import { noticeCookie } from '../web/cookies';
import { boardAnswer } from './board-answer';
import { linkNotices, sayNotice, type BoardNotice } from './board-notices';
import { mayAct, onStaff, staffFrame, type Staff } from './on-staff';

export const boardConnection = (services: Services) =>
  onStaff(services, 'coordinator', async (request, staff) => {
    const connection = await readOpenConnection(services, connectionIdOf(request));
    if (!connection?.pointer || !maySee(connection, staff.sites)) throw noSuchConnection();
    services.about({ connection: connection.id });
    if (request.method !== 'POST') {
      services.log.info('staff.looked', { connection: connection.id });
      return show({ services, request, staff, connection });
    }
    const form = await readForm(request);
    const name = form.get('action') ?? '';
    const action = ownOf(actions, name);
    if (!action) throw new PageError('INPUT_INVALID', ({ problems }) => problems.otherForm);
    if (!mayAct(staff, action.role)) {
      throw new AppError('ROLE_MISSING', `This needs the app role "${action.role}", which you do not have.`);
    }
    services.log.info('staff.acted', { connection: connection.id, kind: name });
    return action.act({ services, request, staff, connection, form });
  });

interface Act {
  readonly services: Services;
  readonly request: HttpRequest;
  readonly staff: Staff;
  readonly connection: Connection;
  readonly form: URLSearchParams;
}

interface Action {
  readonly role: StaffRole;
  readonly act: (act: Act) => Promise<HttpResponseInit>;
}

function done({ services, connection }: Act, notice: BoardNotice): HttpResponseInit {
  return redirectAnswer(`${paths.board}/${encodeURIComponent(connection.id)}`, [
    noticeCookie.write(services.publicUrl, notice),
  ]);
}

const actions: Readonly<Record<string, Action | undefined>> = {
  note: {
    role: 'coordinator',
    async act(act) {
      const { services, connection, staff, form } = act;
      const text = (form.get('note') ?? '').trim();
      await writeNote(services, connection.id, { text, by: staff.name });
      return done(act, text === '' ? 'note-removed' : 'noted');
    },
  },
  contacted: {
    role: 'coordinator',
    async act(act) {
      await markContacted(act.services, act.connection.id, act.staff.name);
      return done(act, 'contacted');
    },
  },
  check: {
    role: 'operator',
    async act(act) {
      const checked = await checkBattery(act.services, act.connection.id);
      if (checked.ok) return done(act, 'checked');
      return done(act, checked.code === 'LEASE_HELD' ? 'busy' : 'check-failed');
    },
  },
  rotate: {
    role: 'operator',
    async act(act) {
      const rotated = await rotateToken(act.services, act.connection.id, { by: 'operator' });
      // What a rotation changes waits for the next check otherwise.
      const connection = await readOpenConnection(act.services, act.connection.id);
      if (connection) await noteConnection(act.services, connection);
      if (rotated.ok) return done(act, 'rotated');
      return done(act, rotated.code === 'LEASE_HELD' ? 'busy' : 'rotate-failed');
    },
  },
  link: {
    role: 'operator',
    async act(act) {
      return done(act, linkNotices[await sendStaffLink(act.services, act.connection)]);
    },
  },
  pause: { role: 'operator', act: (act) => setPaused(act, true) },
  resume: { role: 'operator', act: (act) => setPaused(act, undefined) },
  site: {
    role: 'operator',
    async act(act) {
      const { services, connection, form } = act;
      const typed = (form.get('site') ?? '').trim();
      const site = typed === '' ? undefined : siteName.safeParse(typed);
      if (site && !site.success) {
        const error = `A site ${site.error.issues[0]?.message ?? 'cannot be read'}.`;
        return show(act, {
          errors: { site: { label: 'Site', error } },
          typed: { site: typed.slice(0, 60) },
        });
      }
      await setSite(services, connection.id, site?.data);
      return done(act, site ? 'site-saved' : 'site-removed');
    },
  },
  end: {
    role: 'operator',
    async act(act) {
      const { services, connection, form } = act;
      if (form.get('sure') !== 'yes') {
        const error = 'Tick the box if you want to end this connection.';
        return show(act, { errors: { sure: { label: 'End', error } } });
      }
      await closeConnection(services, connection.id);
      return redirectAnswer(paths.board, [noticeCookie.write(services.publicUrl, 'ended')]);
    },
  },
};

async function setPaused(act: Act, paused: true | undefined): Promise<HttpResponseInit> {
  await savePreferences(act.services, act.connection.id, (before) => ({ ...before, paused }));
  return done(act, paused ? 'paused' : 'resumed');
}

const mostTexts = 50;

async function show(
  { services, request, staff, connection }: Omit<Act, 'form'>,
  more: Pick<ConnectionPage, 'errors' | 'typed'> = { errors: {} },
): Promise<HttpResponseInit> {
  const now = services.clock.now();
  const [entry, devices, texts, state] = await Promise.all([
    entryOf(services, connection),
    readDevices(services, connection, now),
    readTexts(services, connection.id),
    readTextState(services, connection),
  ]);
  const { phone, email, preferences, pointer, failedAttempt, failingSince, failingCheck, missingScopes } =
    connection;
  const notice = noticeCookie.read(services.publicUrl, request);
  const page = connectionPage(staffFrame(services), {
    entry: { ...entry, texts: state },
    providerName: services.providers.get(connection.provider)!.name,
    timeZone: zoneOf(connection),
    phone: phone && (await services.phoneNumbers.mask(phone)),
    email: phone ? undefined : email && services.emailAddresses.mask(email),
    isPaused: preferences?.paused === true,
    devices,
    historyDays,
    texts,
    tokens: {
      consent: pointer!.consent,
      generation: pointer!.generation,
      consentedAt: pointer!.consentedAt,
      failure:
        failedAttempt && !needsConsent(connection)
          ? { code: failedAttempt.code, since: failingSince ?? failedAttempt.at }
          : undefined,
      missingScopes,
    },
    failedChecks: failingCheck?.count ?? 0,
    mayAct: mayAct(staff, 'operator'),
    mayReceiveLink: hasLivingAddress(connection),
    staff: staff.name,
    now,
    notice: sayNotice(notice),
    ...more,
  });
  const answer = await boardAnswer(page, Object.keys(more.errors).length === 0 ? 200 : 400);
  if (notice === undefined || request.method === 'HEAD') return answer;
  return { ...answer, cookies: [noticeCookie.clear(services.publicUrl)] };
}

/** One that the board does not have yet is put there. */
async function entryOf(services: Services, connection: Connection): Promise<BoardEntry> {
  const known = await readEntry(services, connection.id);
  if (known) return { ...known, ...connectionFacts(connection) };
  await noteConnection(services, connection);
  const made = await readEntry(services, connection.id);
  if (!made) throw noSuchConnection();
  return made;
}

async function readDevices(services: Services, connection: Connection, now: number): Promise<BoardDevice[]> {
  const { preferences } = connection;
  const devices = await listDevices(services, connection.id);
  return devices
    .filter(({ device }) => device.reading.kind !== 'phone')
    .map(({ row, device, history, hoursLeft }) => ({
      row,
      name: titleOf(preferences, row, device),
      model: device.reading.model,
      percent: device.reading.percent,
      word: device.reading.word,
      syncedAt: device.reading.syncedAt,
      checkedAt: device.checkedAt,
      goneAt: isMissing(device, now) ? device.goneAt : undefined,
      silentSince: silentSince(device),
      emptyAt: hoursLeft && now + hoursLeft.hours * 3_600_000,
      threshold: rulesFor(services.policy, preferences, device.reading, row).threshold,
      history,
    }));
}

async function readTexts({ tables }: Services, id: string): Promise<readonly Message[]> {
  const found: Message[] = [];
  for await (const { value } of tables.messages.list(id)) found.push(value);
  return found
    .sort((a, b) => (b.firstSentAt ?? b.createdAt) - (a.firstSentAt ?? a.createdAt))
    .slice(0, mostTexts);
}
