/** One device on the personal page: its battery now, before and to come, its name, and whether it may raise alerts. */
import { html } from 'hono/html';
import type { BatteryWord, DeviceKind } from '../../model';
import { batteryDrawing, historyChart, type Point } from './chart';
import { field } from '../fields';
import type { Html } from '../layout';
import { sayPercent } from '../say';
import { sayDay, sayTime } from '../when';
import type { Words } from '../words/catalogue';

export interface DeviceCard {
  /** Names the device in forms. */
  readonly row: string;
  readonly model: string;
  /** As the wearer calls it, or the model; with a number where another device is called the same. */
  readonly name: string;
  /** As the wearer calls it. */
  readonly ownName?: string | undefined;
  readonly kind: DeviceKind;
  readonly percent?: number | undefined;
  readonly word?: BatteryWord | undefined;
  readonly syncedAt?: number | undefined;
  readonly muted: boolean;
  /** False for what raises no alert at all, such as a scale. */
  readonly watched: boolean;
  /** It has to be charged. */
  readonly low: boolean;
  /** Percent at or below which this device is low. */
  readonly threshold: number;
  /** Absent unless nothing has been heard of it for days. */
  readonly silentSince?: number | undefined;
  /** Since when the account does not have it any more. */
  readonly goneAt?: number | undefined;
  readonly hoursLeft?: HoursLeft | undefined;
  readonly history: readonly Point[];
}

/** Hours from now until it is empty, and between which they lie. */
export interface HoursLeft {
  readonly hours: number;
  readonly from: number;
  readonly to: number;
}

/** What the cards of one page share. */
export interface CardContext {
  readonly words: Words;
  readonly path: string;
  readonly now: number;
  readonly timeZone: string;
  readonly historyDays: number;
  /** A name that was typed for this device and could not be saved. */
  readonly naming: { readonly typed?: string | undefined; readonly error?: string | undefined };
}

const hourMs = 3_600_000;

export function deviceCard(device: DeviceCard, index: number, context: CardContext): Html {
  const { name, percent, word, history, hoursLeft, silentSince, goneAt } = device;
  const { now, words } = context;
  const isOld = silentSince !== undefined || goneAt !== undefined;
  const isLow = device.low && !isOld;
  const label = device.ownName === undefined ? words.personalPage.devices.kinds[device.kind] : device.model;
  return html`<article class="device ${isOld ? 'old' : isLow ? 'low' : ''}" aria-labelledby="device-${index}">
    <header>
      <h3 id="device-${index}">${name}</h3>
      <p class="quiet">${label}</p>
    </header>
    <p class="level">
      ${batteryDrawing(percent ?? (word && fills[word]))}
      <strong>${sayLevel(words, device)}</strong>
      <span>${sayMark(device, context)}</span>
    </p>
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
            silentSince: silentSince ?? (isOld ? (history.at(-1)?.at ?? goneAt) : undefined),
            emptyAt: hoursLeft && now + hoursLeft.hours * hourMs,
          })
    }
    ${goneAt === undefined ? options(device, index, context) : ''}
  </article>`;
}

/** How full a word is drawn. */
const fills: Record<BatteryWord, number> = { high: 90, medium: 50, low: 15, empty: 0 };

export function sayLevel(words: Words, { percent, word }: Pick<DeviceCard, 'percent' | 'word'>): string {
  const { levels, levelUnknown } = words.personalPage.devices;
  if (percent !== undefined) return sayPercent(words, percent);
  return word === undefined ? levelUnknown : levels[word];
}

/** What stands beside the level: what is wrong with it, and else how long it lasts. */
function sayMark(
  { goneAt, silentSince, low, percent, hoursLeft }: DeviceCard,
  { now, timeZone, words }: CardContext,
): string {
  const says = words.personalPage.devices;
  if (goneAt !== undefined) return says.goneSince(sayDay(goneAt, now, timeZone, words));
  if (silentSince !== undefined) return says.silentSince(sayDay(silentSince, now, timeZone, words));
  const left = hoursLeft && sayTimeLeft(words, hoursLeft);
  return [...(low && percent !== undefined ? [says.low] : []), ...(left === undefined ? [] : [left])].join(
    ', ',
  );
}

/** From here on people think in days. */
const daysFromHours = 36;

export function sayTimeLeft(words: Words, { hours }: HoursLeft): string {
  const says = words.personalPage.devices;
  return hours < daysFromHours
    ? says.hoursLeft(Math.max(1, Math.round(hours)))
    : says.daysLeft(Math.round(hours / 24));
}

function sayRange(words: Words, { hours, from, to }: HoursLeft): string | undefined {
  const inHours = hours < daysFromHours;
  const [least, most] = [from, to].map((each) => Math.round(inHours ? each : each / 24)) as [number, number];
  if (least === most) return undefined;
  return words.personalPage.devices[inHours ? 'hoursBetween' : 'daysBetween'](least, most);
}

function sayFacts(device: DeviceCard, { now, timeZone, words }: CardContext): string[] {
  const { syncedAt, muted, watched, hoursLeft, silentSince, goneAt } = device;
  const says = words.personalPage.devices;
  const isOld = silentSince !== undefined || goneAt !== undefined;
  const range = hoursLeft && !isOld ? sayRange(words, hoursLeft) : undefined;
  return [
    ...(range === undefined ? [] : [range]),
    syncedAt === undefined ? says.syncUnknown : says.lastSync(sayTime(syncedAt, now, timeZone, words)),
    ...(watched ? [] : [says.noAlerts]),
    ...(watched && muted ? [says.muted] : []),
  ];
}

/** Folded: a device is named once, if ever. An empty name goes back to the model. */
function options(device: DeviceCard, index: number, { path, naming, words }: CardContext): Html {
  const { row, ownName = '', model, watched } = device;
  const { typed = ownName, error } = naming;
  const says = words.personalPage.devices;
  return html`<details ${error === undefined ? '' : html`open`}>
    <summary>${says.options}</summary>
    <form method="post" action="${path}">
      <input type="hidden" name="device" value="${row}" />
      ${field(
        { id: `name-${index}`, name: 'name', label: says.yourName(model), error },
        (attributes) => html`<input type="text" ${attributes} value="${typed}" maxlength="30" />`,
      )}
      <button class="second" name="action" value="name">${says.saveName}</button>
    </form>
    ${watched ? muteForm(words, device, path) : ''}
  </details>`;
}

function muteForm(words: Words, { row, name, muted }: DeviceCard, path: string): Html {
  const { mute, unmute } = words.personalPage.devices;
  return html`<form method="post" action="${path}">
    <input type="hidden" name="device" value="${row}" />
    <button class="second" name="action" value="${muted ? 'unmute' : 'mute'}">
      ${muted ? unmute(name) : mute(name)}
    </button>
  </form>`;
}
