/** The first words of the personal page, and what can be done about them at once. */
import { html } from 'hono/html';
import { sayLevel, sayTimeLeft, type DeviceCard } from './device-card';
import { contactLink, type Html } from '../layout';
import { sayDay, sayTime } from '../when';
import type { PersonalPage, Headline } from './view';
import type { Words } from '../words/catalogue';

export function sayHeadline(
  words: Words,
  { headline, provider, devices, now, timeZone }: PersonalPage,
): string {
  const says = words.personalPage.headline;
  switch (headline.kind) {
    case 'connect again':
    case 'provider retired':
      return says.connectAgain;
    case 'cannot read':
      return says.cannotRead;
    case 'not answering':
      return says.notAnswering(provider);
    case 'charge now':
      return says.chargeNow(nameIn(words, devices, headline.row));
    case 'charge today':
      return says.chargeToday(nameIn(words, devices, headline.row));
    case 'silent':
      return says.silent(
        capital(nameIn(words, devices, headline.row)),
        sayDay(headline.since, now, timeZone, words),
      );
    case 'number dead':
      return says.numberDead;
    case 'texts stopped':
      return says.textsStopped;
    case 'texts paused':
      return says.textsPaused;
    case 'no devices':
      return says.noDevices;
    case 'fine':
      return says.fine;
  }
}

/** How the words look: `bad` is for what has to be done now. */
export function toneOf({ kind }: Headline): 'good' | 'calm' | 'warn' | 'bad' {
  switch (kind) {
    case 'connect again':
    case 'provider retired':
    case 'cannot read':
    case 'charge now':
      return 'bad';
    case 'charge today':
    case 'silent':
    case 'number dead':
    case 'texts stopped':
      return 'warn';
    case 'not answering':
    case 'texts paused':
    case 'no devices':
      return 'calm';
    case 'fine':
      return 'good';
  }
}

/** Reconnecting is what helps. */
export function asksToReconnect({ headline, check }: PersonalPage): boolean {
  switch (headline.kind) {
    case 'connect again':
    case 'provider retired':
      return true;
    case 'cannot read':
      return check?.help === 'permission' || check?.help === 'access';
    default:
      return false;
  }
}

/** `reconnect` is the form for it. */
export function headlineSection(
  words: Words,
  page: PersonalPage,
  texts: Html | string,
  reconnect: Html | string,
): Html {
  const { checkedAt, now, timeZone, headline } = page;
  return html`<section class="headline ${toneOf(headline)}">
    <h1>${sayHeadline(words, page)}</h1>
    ${explain(words, page, texts).map((sentence) => html`<p>${sentence}</p>`)} ${helpLink(page)}
    ${asksToReconnect(page) ? reconnect : ''}
    ${
      checkedAt === undefined
        ? ''
        : html`<p class="quiet">
            ${words.personalPage.headline.checked(sayTime(checkedAt, now, timeZone, words))}
          </p>`
    }
  </section>`;
}

function explain(words: Words, page: PersonalPage, texts: Html | string): (Html | string)[] {
  const { headline, provider, devices, check } = page;
  const says = words.personalPage.headline;
  switch (headline.kind) {
    case 'connect again':
      return [says.ended(provider)];
    case 'provider retired':
      return [says.retired(provider)];
    case 'cannot read':
      return [sayCheck(words, page)];
    case 'not answering':
      return [check === undefined ? says.keepTrying : sayCheck(words, page)];
    case 'charge now':
    case 'charge today':
      return devices
        .filter(({ low, watched, muted }) => low && watched && !muted)
        .map((device) => sayLow(words, device));
    case 'silent': {
      const device = devices.find(({ row }) => row === headline.row);
      return [[device && sayWas(words, device), says.whySilent].filter(Boolean).join(' ')];
    }
    case 'number dead':
    case 'texts stopped':
      return [texts];
    case 'texts paused':
      return [says.stillChecked];
    case 'no devices':
      return [says.pairOne];
    case 'fine':
      return devices.flatMap(({ name, hoursLeft }) =>
        hoursLeft === undefined ? [] : [says.lasts(name, sayTimeLeft(words, hoursLeft))],
      );
  }
}

function sayLow(words: Words, device: DeviceCard): string {
  const { name, hoursLeft, percent, word } = device;
  const says = words.personalPage.headline;
  const left = hoursLeft && sayTimeLeft(words, hoursLeft);
  return percent === undefined && word !== undefined
    ? says.isWord(name, says.words[word], left)
    : says.isAt(name, sayLevel(words, device), left);
}

/** @returns nothing for a level that nobody knows */
function sayWas(words: Words, device: DeviceCard): string {
  const { percent, word } = device;
  const says = words.personalPage.headline;
  if (percent !== undefined) return says.wasAt(sayLevel(words, device));
  return word === undefined ? '' : says.wasWord(says.words[word]);
}

function sayCheck(words: Words, { check, provider, now, timeZone }: PersonalPage): string {
  const says = words.personalPage.check[check?.help ?? 'waiting'];
  const sentence = typeof says === 'string' ? says : says(provider);
  if (check === undefined) return sentence;
  return `${sentence} ${words.personalPage.headline.since(sayTime(check.since, now, timeZone, words))}`;
}

function helpLink({ headline, check, revokeUrl, setUpUrl }: PersonalPage): Html | string {
  if (headline.kind !== 'cannot read') return '';
  const help = check?.help;
  const link = help === 'access' ? revokeUrl : help === 'profile' || help === 'move' ? setUpUrl : undefined;
  return link === undefined ? '' : html`<p>${contactLink(link)}</p>`;
}

function nameIn(words: Words, devices: readonly DeviceCard[], row: string): string {
  const device = devices.find((each) => each.row === row);
  if (!device) return '';
  return device.ownName === undefined ? words.personalPage.headline.yours(device.name) : device.name;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
