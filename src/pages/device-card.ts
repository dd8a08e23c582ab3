/** One device on the personal page: its battery now and before, and whether it may raise alerts. */
import { html } from 'hono/html';
import type { BatteryWord, DeviceKind } from '../model';
import { batteryDrawing, historyChart, type Point } from './chart';
import { field } from './fields';
import type { Html } from './layout';
import { sayTime } from './when';

export interface DeviceCard {
  /** Names the device in forms. */
  readonly row: string;
  readonly model: string;
  /** As the wearer calls it, or the model. */
  readonly name: string;
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
  /** A name that was typed for this device and could not be saved. */
  readonly naming: { readonly typed?: string | undefined; readonly error?: string | undefined };
}

export function deviceCard(device: DeviceCard, index: number, context: CardContext): Html {
  const { name, percent, word, watched, history } = device;
  const low = watched && device.low;
  return html`<article class="device" aria-labelledby="device-${index}">
    <header>
      <h3 id="device-${index}">${name}</h3>
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
    ${watched ? muteForm(device, context.path) : ''} ${nameForm(device, index, context)}
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

function sayFacts(
  { name, model, kind, syncedAt, muted, watched, hoursLeft }: DeviceCard,
  context: CardContext,
): string[] {
  return [
    name === model ? `${kinds[kind]}.` : `${model}.`,
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

/** An empty field goes back to the model. */
function nameForm({ row, name, model }: DeviceCard, index: number, { path, naming }: CardContext): Html {
  const { error } = naming;
  const value = naming.typed ?? (name === model ? '' : name);
  return html`<details ${error === undefined ? '' : html`open`}>
    <summary>${name === model ? 'Give it a name' : 'Change its name'}</summary>
    <form method="post" action="${path}">
      <input type="hidden" name="device" value="${row}" />
      ${field(
        { id: `name-${index}`, name: 'name', label: `Your name for this ${model}`, error },
        (attributes) => html`<input type="text" ${attributes} value="${value}" maxlength="30" />`,
      )}
      <button class="second" name="action" value="name">Save the name</button>
    </form>
  </details>`;
}

function muteForm({ row, name, muted }: DeviceCard, path: string): Html {
  return html`<form method="post" action="${path}">
    <input type="hidden" name="device" value="${row}" />
    <button class="second" name="action" value="${muted ? 'unmute' : 'mute'}">
      ${muted ? 'Unmute' : 'Mute'} ${name}
    </button>
  </form>`;
}
