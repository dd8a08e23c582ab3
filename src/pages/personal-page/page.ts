/** A wearer's personal page: batteries, texts, settings, and the end of it. Who has its link may do all of this. */
import { html } from 'hono/html';
import { deviceCard, type DeviceCard } from './device-card';
import { checkField, providerChoice, sharingField } from '../fields';
import { asksToReconnect, headlineSection, sayHeadline } from './headline-section';
import { layout, type Errors, type Frame, type Html } from '../layout';
import { contactErrors } from '../contact-fields';
import { askedContact, sayTexts, textsSection } from './contact-section';
import { withMailWords } from './words-by-mail';
import { otherBrowserNotice } from '../other-browser';
import { sayDate, sayZone } from '../when';
import type { PersonalPage } from './view';
import type { Words } from '../words/catalogue';

export function personalPage(asked: Frame, page: PersonalPage): Html {
  const frame = isByMail(page) ? withMailWords(asked) : asked;
  const { words } = frame;
  const form = reconnectForm(frame, page);
  const gone = page.devices.filter((device) => isLongGone(device, page.now));
  return layout(
    frame,
    sayHeadline(words, page),
    html`<div class="columns">
      <div>${devicesSection(words, page, gone)}</div>
      <div>
        ${textsSection(frame, page)} ${connectionSection(frame, page, form)} ${dataSection(words, page)}
        ${endSection(words, page)}
      </div>
    </div>`,
    {
      errors: inOrder(frame, page),
      linkAgain: false,
      isWide: true,
      heading: html`${bannerOf(words, page)} ${headlineSection(words, page, sayTexts(words, page), form)}`,
    },
  );
}

/** Somebody without an address reads what is possible. */
function isByMail({ way, ways }: PersonalPage): boolean {
  return way === undefined ? ways.includes('email') && !ways.includes('sms') : way === 'email';
}

function inOrder(frame: Frame, page: PersonalPage): Errors {
  const { errors, devices, entered } = page;
  const { personalPage: says, fields } = frame.words;
  const { settings } = says;
  const named = (label: string, error: string | undefined) =>
    error === undefined ? undefined : { label, error };
  const index = devices.findIndex(({ row, goneAt }) => row === entered?.device && goneAt === undefined);
  const device = devices[index];
  return {
    provider: named(says.connection.choose, errors.provider),
    ...(device && { [`name-${index}`]: named(says.devices.yourName(device.model), errors.deviceName) }),
    ...contactErrors(frame, askedContact(frame.words, page)),
    threshold: named(settings.threshold, errors.threshold),
    criticalAt: named(settings.criticalAt, errors.criticalAt),
    remindEveryHours: named(settings.remind, errors.remindEveryHours),
    quietFrom: named(settings.quietFrom, errors.quietFrom),
    quietTo: named(settings.quietTo, errors.quietTo),
    timeZone: named(settings.timeZone, errors.timeZone),
    language: named(fields.language, errors.language),
    sure: named(says.end.sure, errors.sure),
  };
}

function bannerOf(
  words: Words,
  { notice, welcome, provider, texts, phone, email, returnTo }: PersonalPage,
): Html | string {
  if (welcome !== undefined) {
    const says = words.personalPage.welcome;
    const address = phone ?? email;
    return html`<section class="notice" role="status">
      <h2>${says.titles[welcome]}</h2>
      <p>
        ${says.nothingToDo(provider)}
        ${texts === 'on' && address !== undefined ? says.textTo(html`<strong>${address}</strong>`) : ''}
      </p>
      ${
        returnTo === undefined
          ? ''
          : html`<p>${says.goBack(html`<a href="${returnTo}">${new URL(returnTo).host}</a>`)}</p>`
      }
      <p>${says.bookmark}</p>
    </section>`;
  }
  if (notice === undefined) return '';
  return html`<section class="notice" role="status"><p>${words.personalPage.notices[notice]}</p></section>`;
}

const weekMs = 7 * 24 * 3_600_000;

function isLongGone({ goneAt }: DeviceCard, now: number): boolean {
  return goneAt !== undefined && now - goneAt >= weekMs;
}

function devicesSection(words: Words, page: PersonalPage, gone: readonly DeviceCard[]): Html | string {
  const { devices, entered, errors, timeZone } = page;
  if (devices.length === 0) return '';
  const says = words.personalPage.devices;
  const cards = (which: (device: DeviceCard) => boolean) =>
    devices.map((device, index) => {
      const isNamed = entered?.device === device.row;
      const naming = isNamed ? { typed: entered.deviceName, error: errors.deviceName } : {};
      return which(device) ? deviceCard(device, index, { ...page, words, naming }) : '';
    });
  return html`<section class="devices" aria-labelledby="devices">
    <h2 id="devices">${says.title}</h2>
    ${cards((device) => !gone.includes(device))}
    ${
      gone.length === 0
        ? ''
        : html`<details>
            <summary>${says.gone(gone.length)}</summary>
            ${cards((device) => gone.includes(device))}
          </details>`
    }
    <p class="quiet">${says.zone(sayZone(timeZone))}</p>
  </section>`;
}

function connectionSection(frame: Frame, page: PersonalPage, form: Html | string): Html {
  const { provider, connectedSince, timeZone, missingScopes, errors } = page;
  const { words } = frame;
  const says = words.personalPage.connection;
  return html`<section aria-labelledby="connection">
    <h2 id="connection">${says.title}</h2>
    <p>${says.since(provider, sayDate(connectedSince, timeZone, words))}</p>
    ${
      missingScopes.length === 0
        ? ''
        : html`<p>${says.missingScopes}</p>
            <ul>
              ${missingScopes.map((scope) => html`<li><code>${scope}</code></li>`)}
            </ul>`
    }
    ${sharing(frame, page)}
    ${
      asksToReconnect(page) || form === ''
        ? ''
        : html`<details ${errors.provider === undefined ? '' : html`open`}>
            <summary>${says.reconnect}</summary>
            <p>${says.whenNeeded}</p>
            ${form}
          </details>`
    }
  </section>`;
}

function sharing({ words, sharedWith }: Frame, { path, shared }: PersonalPage): Html | string {
  if (!shared) return '';
  const says = words.personalPage.connection;
  return html`<p>${says.shared(html`<strong>${sharedWith}</strong>`)}</p>
    <form method="post" action="${path}" class="row">
      <button class="second" name="action" value="end-sharing">${says.endSharing}</button>
    </form>`;
}

/** Empty where there is nothing to connect with and nothing to say about it. */
function reconnectForm(frame: Frame, page: PersonalPage): Html | string {
  const { path, reconnectAt, errors, shared } = page;
  const { words } = frame;
  const says = words.personalPage.connection;
  const [first] = reconnectAt;
  const urgent = asksToReconnect(page);
  if (!first) {
    const sorry = urgent ? html`<p>${words.personalPage.headline.nobodyToConnect}</p>` : '';
    return errors.provider === undefined ? sorry : html`${providerChoice([], '', errors.provider)}${sorry}`;
  }
  const choices = reconnectAt.map((choice) => ({ ...choice, chosen: choice === first }));
  const single = reconnectAt.length === 1;
  return html`${otherBrowserNotice(frame, { address: page.address, providers: reconnectAt })}
    <form method="post" action="${path}">
      ${single ? html`<input type="hidden" name="provider" value="${first.id}" />` : ''}
      ${providerChoice(choices, says.choose, errors.provider)} ${sharingField(frame)}
      ${
        frame.sharedWith === undefined || shared
          ? ''
          : html`<p>${says.willShare(html`<strong>${frame.sharedWith}</strong>`)}</p>`
      }
      <button ${urgent ? '' : html`class="second"`} name="action" value="reconnect">
        ${single ? says.reconnectWith(first.name) : says.reconnect}
      </button>
    </form>`;
}

/** The link that this page was opened by leads nowhere once such a form was sent. */
function markField({ mark }: PersonalPage): Html {
  return html`<input type="hidden" name="mark" value="${mark}" />`;
}

function dataSection(words: Words, page: PersonalPage): Html {
  const { path } = page;
  const says = words.personalPage.data;
  return html`<section aria-labelledby="link">
    <h2 id="link">${says.title}</h2>
    <p>${says.export((label) => html`<a href="${path}/export">${label}</a>`)}</p>
    <p>${says.guard}</p>
    <form method="post" action="${path}">
      ${markField(page)}
      <button class="second" name="action" value="new-link">${says.newLink}</button>
    </form>
  </section>`;
}

function endSection(words: Words, page: PersonalPage): Html {
  const { path, provider, errors } = page;
  const says = words.personalPage.end;
  return html`<section aria-labelledby="end">
    <h2 id="end">${says.title}</h2>
    <details ${errors.sure === undefined ? '' : html`open`}>
      <summary>${says.open}</summary>
      <p>${says.what(provider)}</p>
      <form method="post" action="${path}">
        ${markField(page)} ${checkField({ id: 'sure', label: says.sure, error: errors.sure }, false)}
        <button class="danger" name="action" value="disconnect">${says.disconnect}</button>
      </form>
    </details>
  </section>`;
}
