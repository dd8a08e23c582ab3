/** Puts together what the personal page shows. */
import type { HttpResponseInit } from '@azure/functions';
import { defaultCriticalAt, isLow, rulesFor } from '../domain/battery/battery-policy';
import { wearerHelpFor } from '../domain/battery/failing-check';
import { nameOf } from '../domain/battery/device-name';
import { historyDays, readDevices } from '../domain/wearer/manage';
import { readTextState } from '../domain/wearer/numbers';
import { zoneOf } from '../domain/messages/quiet-hours';
import { isShared } from '../domain/rotation/lend-access';
import { alarmOf } from '../domain/operation/alarms';
import { availableProviders } from '../domain/operation/readiness';
import { stateOf } from '../domain/operation/status';
import type { ErrorCode } from '../errors';
import type { Connection } from '../model';
import type { Frame } from '../pages/layout';
import { managePage, type CheckHelp, type ManagePage } from '../pages/manage';
import type { Services } from '../services';
import { htmlAnswer, senderOf } from './http-answers';
import { timeOf } from './preferences-form';

const usualQuietHours = { from: 22 * 60, to: 7 * 60 };

export async function showManagePage(
  services: Services,
  connection: Connection,
  path: string,
  {
    frame,
    notice,
    errors = {},
    entered,
    typed,
  }: { readonly frame: Frame } & Partial<Pick<ManagePage, 'notice' | 'errors' | 'entered'>> & {
      /** Settings that could not be saved, to be mended. */
      readonly typed?: ManagePage['preferences'] | undefined;
    },
): Promise<HttpResponseInit> {
  const { preferences = {}, phone, timeZone } = connection;
  const devices = await readDevices(services, connection.id);
  const providers = await availableProviders(services);
  const now = services.clock.now();
  // What raises no alert only for now, being muted or paused, can be made to raise one again.
  const lasting = { ...preferences, mutedDevices: undefined, paused: undefined };
  const page = managePage(frame, {
    path,
    provider: services.providers.get(connection.provider)!.name,
    state: stateForWearer(connection),
    check: connection.failingCheck && {
      help: helpFor(connection.failingCheck.code),
      since: connection.failingCheck.since,
    },
    revokeUrl: services.providers.get(connection.provider)!.revokeByHandUrl,
    setUpUrl: services.providers.get(connection.provider)!.setUpUrl,
    reconnectAt: reconnectAt(services, connection, providers),
    connectedSince: connection.createdAt,
    checkedAt: devices.length === 0 ? undefined : Math.max(...devices.map(({ device }) => device.checkedAt)),
    now,
    timeZone: zoneOf(connection),
    timeZoneFrom: preferences.timeZone ? 'you' : timeZone ? 'provider' : 'default',
    timeZones: Intl.supportedValuesOf('timeZone'),
    phone: phone && services.phoneNumbers.mask(phone),
    texts: await readTextState(services, connection),
    sender: senderOf(services),
    devices: devices
      .filter(({ device }) => device.reading.kind !== 'phone')
      .map(({ row, device: { reading }, hoursLeft, history }) => {
        const { model, kind, percent, word, syncedAt } = reading;
        const name = nameOf(preferences, row, reading);
        const rules = rulesFor(services.policy, lasting, reading, row);
        return {
          ...{ row, name, model, kind, percent, word, syncedAt, hoursLeft, history },
          muted: preferences.mutedDevices?.includes(row) ?? false,
          watched: rules.watched,
          low: isLow(reading, rules),
          threshold: rules.threshold,
        };
      }),
    preferences: typed ?? {
      threshold: preferences.threshold ?? services.policy.batteryThreshold,
      criticalAt: preferences.criticalAt ?? defaultCriticalAt,
      remindEveryHours: preferences.remindEveryHours ?? 0,
      tellRecovered: preferences.tellRecovered ?? false,
      quiet: preferences.quietHours !== undefined,
      quietFrom: timeOf((preferences.quietHours ?? usualQuietHours).from),
      quietTo: timeOf((preferences.quietHours ?? usualQuietHours).to),
      timeZone: preferences.timeZone ?? '',
      language: frame.words.language,
    },
    historyDays,
    missingScopes: connection.missingScopes,
    shared: isShared(connection, services.policy),
    notice,
    errors,
    entered,
  });
  return htmlAnswer(page, Object.keys(errors).length === 0 ? 200 : 400, providers);
}

function helpFor(code: ErrorCode): CheckHelp {
  return wearerHelpFor(code) ?? (alarmOf(code) === undefined ? 'waiting' : 'operator');
}

function stateForWearer(connection: Connection): ManagePage['state'] {
  const state = stateOf(connection);
  return state === 'never connected' || state === 'closed' ? 'failing' : state;
}

/** The successor first, where the provider is retired; else the provider itself. */
function reconnectAt(
  services: Services,
  { provider }: Connection,
  available: readonly { readonly id: string; readonly name: string }[],
): ManagePage['reconnectAt'] {
  const { successor } = services.providers.get(provider)!;
  const wanted = [successor, provider];
  return wanted
    .flatMap((id) => available.filter((each) => each.id === id))
    .map(({ id, name }) => ({ id, name }));
}
