/**
 * What a run finds out about the connections as it hands out their jobs: it reads the record of each anyway. The counts of a run that has
 * come past all of them are noted with it, and the watchdog judges these and reads no connection itself.
 */
import type { AlarmName, Connection, Settings } from '../../model';
import type { Ports } from '../../ports';
import { wearerHelpFor } from '../connection/failing-check';
import { isRetired, needsReconnect } from '../connection/state';
import { alarmOf } from '../messages/alarms';
import { isGrantedForTesting, isPastTestingAge, isTestingAge } from '../rotation/new-token-set';
import type { Counts } from '../store/turn';
import { isPublicationLate } from './publication';

const dayMs = 24 * 3_600_000;
const expirySoonMs = 3 * dayMs;
const idleSoonMs = 30 * dayMs;
/** Later it says nothing about what is set now. */
const testingRecentMs = 30 * dayMs;

/** Alarms that are on as long as a run finds such a connection. */
export const alarmsOfConnections = [
  'connections overdue',
  'grants about to expire',
  'access tokens not published',
] as const;

/** Alarms that others raise when they meet the trouble; nobody else could say that it is over. */
export const raisedByOthers: readonly AlarmName[] = [
  'client refused',
  'project refused',
  'project not admitted to the API',
  'scopes refused',
  'vault behind the records',
  'vault not in the settings',
  'jobs poisoned',
  'sms budget used up',
  'limit on texts nearly reached',
  'reply in doubt',
  'webhooks not delivered',
];

/** What further alarms are judged by. */
const facts = [
  'should be readable',
  'check failing',
  'check failing for the wearer',
  'died at the age of Testing',
  'granted for Testing',
  'older than that',
  'provider switched off',
  'served by a predecessor',
] as const;

export type Finding = AlarmName | (typeof facts)[number];

const findings: readonly string[] = [...alarmsOfConnections, ...raisedByOthers, ...facts];

/** @param counts of a walk, which counts other things too */
export function pickFindings(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => findings.includes(name)));
}

export function findProblems(
  ports: Pick<Ports, 'clock' | 'providers'> & Pick<Settings, 'policy'>,
  connection: Connection,
): Finding[] {
  const { pointer, closedAt } = connection;
  if (closedAt !== undefined || !pointer) return [];
  const now = ports.clock.now();
  const { rotatedAt, consentedAt, refreshExpiresAt } = pointer;
  const provider = ports.providers.get(connection.provider)!;
  const { grantLife } = provider;
  const age = (at: number): number => at - (consentedAt ?? at);
  if (needsReconnect(connection)) {
    const { firstAt = now } = connection.refusal ?? {};
    const isRecent = now - firstAt < testingRecentMs;
    return isRecent && isTestingAge(provider, age(firstAt)) ? ['died at the age of Testing'] : [];
  }
  if (isRetired(connection)) return ['provider switched off'];
  const expiresSoon = refreshExpiresAt !== undefined && refreshExpiresAt - now < expirySoonMs;
  const idleSoon = grantLife !== undefined && now - rotatedAt > grantLife.idleMs - idleSoonMs;
  const isLate = now - rotatedAt > ports.policy.times.rotationOverdueMs;
  const isServed = provider.successor !== undefined && !isLate;
  return [
    'should be readable',
    ...(isLate ? (['connections overdue'] as const) : []),
    ...(isServed ? (['served by a predecessor'] as const) : []),
    ...(expiresSoon || idleSoon ? (['grants about to expire'] as const) : []),
    ...(isPastTestingAge(provider, age(rotatedAt)) ? (['older than that'] as const) : []),
    ...(isGrantedForTesting(provider, pointer) ? (['granted for Testing'] as const) : []),
    ...(isPublicationLate(ports, connection) ? (['access tokens not published'] as const) : []),
    ...failingFor(ports, connection),
    ...troubleOf(connection),
  ];
}

function failingFor(
  { clock, policy }: Pick<Ports, 'clock'> & Pick<Settings, 'policy'>,
  { failingCheck }: Connection,
): Finding[] {
  if (!failingCheck || clock.now() - failingCheck.since <= policy.times.batteryOverdueMs) return [];
  const isWearers = wearerHelpFor(failingCheck.code) !== undefined;
  return ['check failing', ...(isWearers ? (['check failing for the wearer'] as const) : [])];
}

/** The alarms that the last refresh and the last check of a connection amount to. */
function troubleOf({ failedAttempt, failingCheck }: Connection): AlarmName[] {
  if (failedAttempt?.code === 'JOB_POISONED') return ['jobs poisoned'];
  const alarms = [failedAttempt, failingCheck].map((trouble) => trouble && alarmOf(trouble.code));
  return [...new Set(alarms.filter((alarm) => alarm !== undefined))];
}
