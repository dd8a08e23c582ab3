/**
 * What a wearer's personal page says first: the worst of what is so now. A pure function. It agrees with the text that led to the page:
 * a battery stays low until it is charged, and a silence begins with the last that was heard.
 */
import type { Device } from '../../model';
import { levelNow, type BatteryRules } from '../battery/battery-policy';
import { isFresh, isMissing, isPutAway, silentSince } from '../battery/silence';
import type { TextState } from '../contact/numbers';

/** `row` is that of the device that it is about. */
export type Headline =
  | { readonly kind: 'connect again' | 'provider retired' | 'cannot read' | 'not answering' }
  | { readonly kind: 'charge now' | 'charge today'; readonly row: string }
  | { readonly kind: 'silent'; readonly row: string; readonly since: number }
  | { readonly kind: 'number dead' | 'texts stopped' | 'texts paused' | 'no devices' | 'fine' };

export interface HeadlineFacts {
  readonly connection: 'connected' | 'failing' | 'check failing' | 'reconnect required' | 'provider retired';
  /** With `check failing`: only the wearer can end it. */
  readonly onlyWearerCanHelp: boolean;
  readonly texts: TextState;
  /** Those that the account has, with the rules that hold for each. */
  readonly devices: readonly {
    readonly row: string;
    readonly device: Device;
    /** `watched` as the wearer has chosen, whether or not texts are paused. */
    readonly rules: BatteryRules;
  }[];
  readonly now: number;
}

export function headlineOf({ connection, onlyWearerCanHelp, texts, devices, now }: HeadlineFacts): Headline {
  if (connection === 'reconnect required') return { kind: 'connect again' };
  if (connection === 'provider retired') return { kind: 'provider retired' };
  if (connection === 'check failing' && onlyWearerCanHelp) return { kind: 'cannot read' };
  const present = devices.filter(({ device }) => !isMissing(device, now));
  const watched = present.filter(({ rules }) => rules.watched);
  const levels = watched.map(({ row, device, rules }) => ({ row, level: needsCharge(device, rules, now) }));
  const critical = levels.find(({ level }) => level === 'critical');
  if (critical) return { kind: 'charge now', row: critical.row };
  const low = levels.find(({ level }) => level === 'low');
  if (low) return { kind: 'charge today', row: low.row };
  if (connection !== 'connected') return { kind: 'not answering' };
  const silent = findSilent(watched, now);
  if (silent) return silent;
  if (texts === 'dead') return { kind: 'number dead' };
  if (texts === 'stopped') return { kind: 'texts stopped' };
  if (present.length === 0) return { kind: 'no devices' };
  return { kind: texts === 'paused' ? 'texts paused' : 'fine' };
}

/** The first that fell silent lately. One that was put away is only news when nothing else is left. */
function findSilent(devices: HeadlineFacts['devices'], now: number): Headline | undefined {
  const silent = devices.flatMap(({ row, device }) => {
    const since = silentSince(device);
    return since === undefined
      ? []
      : [{ kind: 'silent' as const, row, since, isAway: isPutAway(device, now) }];
  });
  const latestFirst = silent.toSorted((a, b) => b.since - a.since);
  const found =
    latestFirst.findLast(({ isAway }) => !isAway) ??
    (silent.length === devices.length ? latestFirst[0] : undefined);
  return found && { kind: found.kind, row: found.row, since: found.since };
}

/**
 * How badly a battery has to be charged now. What was told as low stays low until it has been charged. `undefined` also when the reading is
 * too old to say.
 */
export function needsCharge(
  device: Device,
  rules: BatteryRules,
  now: number,
): 'low' | 'critical' | undefined {
  const level = levelNow(device, rules, now);
  if (level !== undefined || device.armed) return level;
  return isFresh(device, now) ? 'low' : undefined;
}
