/** One device on the personal page: its battery now and before, and whether it may raise alerts. */
import { html } from 'hono/html';
import type { BatteryWord, DeviceKind } from '../model';
import { batteryDrawing, historyChart, type Point } from './chart';
import type { Html } from './layout';
import { sayTime } from './when';

export interface DeviceCard {
  /** Names the device in forms. */
  readonly row: string;
  readonly model: string;
  readonly kind: DeviceKind;
  readonly percent?: number | undefined;
  readonly word?: BatteryWord | undefined;
  readonly syncedAt?: number | undefined;
  readonly muted: boolean;
  /** False for what raises no alert at all, such as a phone that counts steps. */
  readonly watched: boolean;
  readonly low: boolean;
  /** Percent at or below which this device is low. */
  readonly threshold: number;
  readonly hoursLeft?: { readonly from: number; readonly to: number } | undefined;
  readonly history: readonly Point[];
}

/** What the cards of one page share. */
export interface CardContext {
  readonly path: string;
  readonly now: number;
  readonly timeZone: string;
  readonly historyDays: number;
}

export function deviceCard(device: DeviceCard, index: number, context: CardContext): Html {
  const { model, percent, word, watched, history } = device;
  const low = watched && device.low;
  return html`<article class="device" aria-labelledby="device-${index}">
    <header>
      <h3 id="device-${index}">${model}</h3>
      <p class="level ${low ? 'low' : ''}">
        ${batteryDrawing(percent ?? (word && fills[word]))}
        ${sayLevel(device)}${low && percent !== undefined ? ', low' : ''}
      </p>
    </header>
    <p class="quiet">${sayFacts(device, context).join(' ')}</p>
    ${
      percent === undefined && history.length === 0
        ? ''
        : historyChart({
            ...context,
            id: `history-${index}`,
            history,
            days: context.historyDays,
            threshold: device.threshold,
          })
    }
    ${watched ? muteForm(device, context.path) : ''}
  </article>`;
}

const kinds: Record<DeviceKind, string> = {
  tracker: 'Tracker',
  scale: 'Scale',
  phone: 'Phone',
  other: 'Device',
};
/** How full a word is drawn. */
const fills: Record<BatteryWord, number> = { high: 90, medium: 50, low: 15, empty: 0 };

function sayLevel({ percent, word }: DeviceCard): string {
  if (percent !== undefined) return `${Math.floor(percent)}%`;
  return word ?? 'not known';
}

function sayFacts({ kind, syncedAt, muted, watched, hoursLeft }: DeviceCard, context: CardContext): string[] {
  return [
    `${kinds[kind]}.`,
    syncedAt === undefined
      ? 'Last sync not known.'
      : `Last sync ${sayTime(syncedAt, context.now, context.timeZone)}.`,
    ...(hoursLeft ? [`${sayTimeLeft(hoursLeft)}.`] : []),
    ...(watched ? [] : ['It raises no alerts.']),
    ...(watched && muted ? ['Muted: you get no texts about it.'] : []),
  ];
}

function sayTimeLeft({ from, to }: { readonly from: number; readonly to: number }): string {
  const inDays = from >= 48;
  const [least, most] = [from, to].map((hours) => Math.round(inDays ? hours / 24 : hours));
  return `About ${least === most ? least : `${least} to ${most}`} ${inDays ? 'days' : 'h'} left`;
}

function muteForm({ row, model, muted }: DeviceCard, path: string): Html {
  return html`<form method="post" action="${path}">
    <input type="hidden" name="device" value="${row}" />
    <button class="second" name="action" value="${muted ? 'unmute' : 'mute'}">
      ${muted ? 'Unmute' : 'Mute'} ${model}
    </button>
  </form>`;
}
