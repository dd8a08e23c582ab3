/** How the board says things. It is in English only: staff use it, never wearers. Times are told from now, with the exact one in UTC behind it. */
import { html } from 'hono/html';
import type { BoardEntry, BoardRank, TextState } from '../../model';
import type { Html } from '../html';

export const rankNames: Readonly<Record<BoardRank, string>> = {
  disconnected: 'Disconnected',
  silent: 'Silent',
  low: 'Low battery',
  unreachable: 'Unreachable',
  fine: 'Fine',
};

export const rankMeanings: Readonly<Record<BoardRank, string>> = {
  disconnected: 'Only the wearer can end it: connect again, or give a permission.',
  silent: 'Nothing was heard of a device for two days.',
  low: 'A battery has to be charged.',
  unreachable: 'Neither texts nor e-mails reach the wearer.',
  fine: 'Nothing to do.',
};

export const textStateNames: Readonly<Record<TextState, string>> = {
  on: 'Texts on',
  paused: 'Paused by the wearer or by staff',
  none: 'No number or address',
  stopped: 'The wearer has stopped them',
  dead: 'The number or address does not exist',
  'not set up': 'The service cannot send texts yet',
};

/** What a connection is called. */
export function nameOfEntry({
  label,
  outsideId,
  connection,
}: Pick<BoardEntry, 'label' | 'outsideId' | 'connection'>): string {
  return label ?? outsideId ?? `Connection ${connection.slice(0, 8)}`;
}

export function badge(rank: BoardRank): Html {
  return html`<span class="badge rank-${rank}">${rankNames[rank]}</span>`;
}

/** Why it has its rank. */
export function sayReason(entry: BoardEntry): string | undefined {
  switch (entry.rank) {
    case 'disconnected':
      return entry.consentNeededSince === undefined
        ? `Batteries cannot be read: ${entry.failingCheck?.code ?? 'unknown'}`
        : entry.state === 'provider retired'
          ? 'The provider is switched off'
          : 'Has to connect again';
    case 'silent':
      return entry.silentSince === undefined
        ? `Checks fail: ${entry.failingCheck?.code ?? 'unknown'}`
        : undefined;
    case 'low':
      return undefined;
    case 'unreachable':
      return entry.texts === 'on' || entry.texts === 'paused' || entry.texts === undefined
        ? 'The last text did not arrive'
        : textStateNames[entry.texts];
    case 'fine':
      return entry.state === 'connected' ? undefined : sentence(entry.state);
  }
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** "5 min", "3 h", "2 days" */
function saySpan(ms: number): string {
  if (ms < minuteMs) return 'under a minute';
  if (ms < 100 * minuteMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} days`;
}

/** "3 h ago" or "in 3 h" */
export function when(at: number, now: number): Html {
  const said =
    at <= now ? (now - at < minuteMs ? 'just now' : `${saySpan(now - at)} ago`) : `in ${saySpan(at - now)}`;
  return timeElement(at, said);
}

/** "3 h" */
export function since(at: number, now: number): Html {
  return timeElement(at, `for ${saySpan(Math.max(0, now - at))}`);
}

function timeElement(at: number, said: string): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${sayUtc(at)}">${said}</time>`;
}

/** "2026-11-21 06:00 UTC" */
export function sayUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** An older level says too little about how long the battery lasts. */
const oldestForecastMs = dayMs;

/** Days until the battery is flat, by the forecast; `undefined` if nothing can be said. */
export function daysLeft({ battery }: Pick<BoardEntry, 'battery'>, now: number): number | undefined {
  if (battery?.flatAt === undefined || now - battery.at > oldestForecastMs) return undefined;
  return Math.max(0, (battery.flatAt - now) / dayMs);
}

export function sayDaysLeft(days: number): string {
  if (days < 1) return 'Under a day';
  return days < 1.5 ? 'About 1 day' : `About ${Math.round(days)} days`;
}

const failedStates: readonly string[] = ['failed', 'refused', 'unknown'];

export function sayTextState(state: NonNullable<BoardEntry['lastText']>['state']): string {
  switch (state) {
    case 'claimed':
    case 'pending':
      return 'being sent';
    case 'sent':
      return 'sent, no report yet';
    case 'failed':
      return 'not delivered';
    case 'refused':
      return 'not taken';
    case 'unknown':
      return 'perhaps delivered';
    case 'dropped':
      return 'not needed any more';
    case 'logged':
      return 'dry run';
    case 'delivered':
      return 'delivered';
  }
}

export function isWorse(state: NonNullable<BoardEntry['lastText']>['state']): boolean {
  return failedStates.includes(state);
}
