/** Puts together what the personal page shows. */
import type { HttpResponseInit } from '@azure/functions';
import { choicesOf, rulesFor } from '../../domain/battery/battery-policy';
import { wearerHelpFor } from '../../domain/connection/failing-check';
import { titleOf } from '../../domain/battery/device-name';
import { isMissing, silentSince } from '../../domain/battery/silence';
import { needsCharge } from '../../domain/battery/worst';
import { headlineOf, type Headline, type HeadlineFacts } from '../../domain/wearer/headline';
import { historyDays, listDevices, type ShownDevice } from '../../domain/wearer/personal-page';
import { returnToOf } from '../../domain/wearer/invites';
import { addressOf } from '../../domain/contact/address-of';
import { markPage } from '../../domain/contact/personal-link';
import { readTextState, waysOf } from '../../domain/contact/addresses';
import { alarmOf } from '../../domain/messages/alarms';
import { availableProviders } from '../../domain/operation/readiness';
import type { ErrorCode } from '../../errors';
import type { Connection, Language } from '../../model';
import type { Frame } from '../../pages/layout';
import { personalPage } from '../../pages/personal-page/page';
import type { Services } from '../../services';
import { htmlAnswer, senderOf } from '../http/answers';
import { timeOf } from './preferences-form';
import { zoneOf } from '../../domain/contact/time-zone';
import { isShared, stateOf } from '../../domain/connection/state';
import type { CheckHelp, PersonalPage } from '../../pages/personal-page/view';

/** Making the list takes a millisecond or two, an eighth of what the page takes. */
let allTimeZones: readonly string[] | undefined;

const usualQuietHours = { from: 22 * 60, to: 7 * 60 };

export async function showPersonalPage(
  services: Services,
  connection: Connection,
  path: string,
  {
    frame,
    notice,
    welcome,
    errors = {},
    entered,
    typed,
  }: { readonly frame: Frame } & Partial<Pick<PersonalPage, 'notice' | 'welcome' | 'errors' | 'entered'>> & {
      /** Settings that could not be saved, to be mended. */
      readonly typed?: PersonalPage['preferences'] | undefined;
    },
): Promise<HttpResponseInit> {
  const { preferences = {}, phone, email, timeZone, failingCheck } = connection;
  const provider = services.providers.get(connection.provider)!;
  const devices = (await listDevices(services, connection.id)).filter(
    ({ device }) => device.reading.kind !== 'phone',
  );
  const providers = await availableProviders(services);
  const texts = await readTextState(services, connection);
  const now = services.clock.now();
  const saved = shownPreferences(services, connection, frame.words.language);
  const help = failingCheck && helpFor(failingCheck.code);
  const headline = headlineOf({
    connection: stateForWearer(connection),
    onlyWearerCanHelp: failingCheck !== undefined && wearerHelpFor(failingCheck.code) !== undefined,
    texts,
    devices: devices.map(({ row, device }) => ({
      row,
      device,
      rules: rulesFor(services.policy, { ...preferences, paused: undefined }, device.reading, row),
    })),
    now,
  });
  const page = personalPage(frame, {
    path,
    address: services.publicUrl + path,
    mark: markPage(services, connection),
    provider: provider.name,
    headline,
    check: failingCheck && help && { help, since: failingCheck.since },
    revokeUrl: provider.revokeByHandUrl,
    setUpUrl: provider.setUpUrl,
    reconnectAt: reconnectAt(services, connection, providers),
    connectedSince: connection.createdAt,
    checkedAt: devices.length === 0 ? undefined : Math.max(...devices.map(({ device }) => device.checkedAt)),
    now,
    timeZone: zoneOf(connection),
    timeZoneFrom: preferences.timeZone ? 'you' : timeZone ? 'provider' : 'default',
    timeZones: (allTimeZones ??= Intl.supportedValuesOf('timeZone')),
    phone: phone && (await services.phoneNumbers.mask(phone)),
    email: phone ? undefined : email && services.emailAddresses.mask(email),
    way: addressOf(connection)?.way,
    ways: waysOf(services),
    texts,
    sender: await senderOf(services),
    textsCanBeAnswered: services.sms.canBeAnswered,
    devices: devices
      .map((managed) => cardOf(services, connection, managed, now))
      .sort((a, b) => rankOf(a, headline) - rankOf(b, headline)),
    saved,
    preferences: typed ?? saved,
    historyDays,
    missingScopes: connection.missingScopes,
    shared: isShared(connection, services.policy),
    notice,
    welcome,
    returnTo: returnToOf(connection, services.policy),
    errors,
    entered,
  });
  return htmlAnswer(page, Object.keys(errors).length === 0 ? 200 : 400, providers);
}

function shownPreferences(
  { policy }: Services,
  { preferences = {} }: Connection,
  language: Language,
): PersonalPage['saved'] {
  return {
    ...choicesOf(policy, preferences),
    quiet: preferences.quietHours !== undefined,
    quietFrom: timeOf((preferences.quietHours ?? usualQuietHours).from),
    quietTo: timeOf((preferences.quietHours ?? usualQuietHours).to),
    timeZone: preferences.timeZone ?? '',
    language,
  };
}

function cardOf(
  { policy }: Services,
  { preferences = {} }: Connection,
  { row, device, hoursLeft, history }: ShownDevice,
  now: number,
): PersonalPage['devices'][number] {
  const { reading } = device;
  const goneAt = isMissing(device, now) ? device.goneAt : undefined;
  const { model, kind, percent, word, syncedAt } = reading;
  // A device that is only muted or paused can be made to raise alerts again.
  const lasting = { ...preferences, mutedDevices: undefined, paused: undefined };
  const rules = rulesFor(policy, lasting, reading, row);
  return {
    ...{ row, model, kind, percent, word, syncedAt, hoursLeft, history, goneAt },
    name: titleOf(preferences, row, device),
    ownName: preferences.deviceNames?.[row],
    muted: preferences.mutedDevices?.includes(row) ?? false,
    watched: rules.watched,
    low: rules.watched && needsCharge(device, rules, now) !== undefined,
    threshold: rules.threshold,
    silentSince: silentSince(device),
  };
}

/** First what the headline is about, last what says nothing any more; in between the order stays. */
function rankOf(
  { row, silentSince: since, goneAt }: PersonalPage['devices'][number],
  headline: Headline,
): number {
  if ('row' in headline && headline.row === row) return 0;
  if (goneAt !== undefined) return 3;
  return since === undefined ? 1 : 2;
}

function helpFor(code: ErrorCode): CheckHelp {
  return wearerHelpFor(code) ?? (alarmOf(code) === undefined ? 'waiting' : 'operator');
}

function stateForWearer(connection: Connection): HeadlineFacts['connection'] {
  const state = stateOf(connection);
  return state === 'never connected' || state === 'closed' ? 'failing' : state;
}

/** The successor first, where the provider is retired; else the provider itself. */
function reconnectAt(
  services: Services,
  { provider }: Connection,
  available: readonly { readonly id: string; readonly name: string }[],
): PersonalPage['reconnectAt'] {
  const { successor } = services.providers.get(provider)!;
  const wanted = [successor, provider];
  return wanted
    .flatMap((id) => available.filter((each) => each.id === id))
    .map(({ id, name }) => ({ id, name }));
}
