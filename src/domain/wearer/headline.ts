/**
 * What a wearer's personal page says first: the worst of what is so now. A pure function. It agrees with the text that led to the page:
 * a battery stays low until it is charged, and a silence begins with the last that was heard.
 */
import type { TextState } from '../../model';
import { findSilent, needsCharge, presentDevices, type RuledDevice } from '../battery/worst';

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
  readonly devices: readonly RuledDevice[];
  readonly now: number;
}

export function headlineOf({ connection, onlyWearerCanHelp, texts, devices, now }: HeadlineFacts): Headline {
  if (connection === 'reconnect required') return { kind: 'connect again' };
  if (connection === 'provider retired') return { kind: 'provider retired' };
  if (connection === 'check failing' && onlyWearerCanHelp) return { kind: 'cannot read' };
  const present = presentDevices(devices, now);
  const watched = present.filter(({ rules }) => rules.watched);
  const levels = watched.map(({ row, device, rules }) => ({ row, level: needsCharge(device, rules, now) }));
  const critical = levels.find(({ level }) => level === 'critical');
  if (critical) return { kind: 'charge now', row: critical.row };
  const low = levels.find(({ level }) => level === 'low');
  if (low) return { kind: 'charge today', row: low.row };
  if (connection !== 'connected') return { kind: 'not answering' };
  const silent = findSilent(watched, now);
  if (silent) return { kind: 'silent', ...silent };
  if (texts === 'dead') return { kind: 'number dead' };
  if (texts === 'stopped') return { kind: 'texts stopped' };
  if (present.length === 0) return { kind: 'no devices' };
  return { kind: texts === 'paused' ? 'texts paused' : 'fine' };
}
