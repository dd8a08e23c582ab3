/**
 * The phones of the local world as a page: one phone per number, its texts as bubbles, the newest at the
 * bottom. No script: the page asks to be loaded again every three seconds, and so answers are typed on a page of their
 * own. Everything is escaped; only http and https addresses become links.
 */
import { html, raw } from 'hono/html';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { carrierFailures, type CarrierFailure } from './events';
import { isName, type Reply, type Text } from './texts';
import { tracker, icon, style } from './phone-style';

type Html = ReturnType<typeof html>;

export interface PhonePage {
  /** Oldest first. */
  readonly texts: readonly Text[];
  readonly replies: readonly Reply[];
  /** How many e-mails have arrived. */
  readonly mails: number;
  readonly canReply: boolean;
  readonly now: number;
}

export interface ReplyPage extends Omit<PhonePage, 'canReply' | 'mails'> {
  /** Whose phone it is. */
  readonly to: string;
  /** What becomes of further texts to it; absent when they arrive. */
  readonly failure?: CarrierFailure | undefined;
}

export const refreshSeconds = 3;
const shownPerPhone = 60;

export function phonePage({ texts, replies, mails, canReply, now }: PhonePage): Html {
  // The phone that rang last comes first.
  const numbers = new Set(texts.toReversed().map(({ to }) => to));
  const linkTo = (to: string) => {
    const [address, label] = [
      `/reply?to=${encodeURIComponent(to)}`,
      isFromName(texts, to) ? 'Carrier' : 'Reply',
    ];
    return html`<a class="foot" href="${address}">${label}</a>`;
  };
  const foot = html`<p class="foot">This phone only receives</p>`;
  return page(
    `${texts.length > 0 ? `(${texts.length}) ` : ''}Phone`,
    html`<meta http-equiv="refresh" content="${refreshSeconds}" />`,
    html`<header class="top">
        <h1>Phone</h1>
        <p>
          ${texts.length > 0 ? html`${count(texts.length, 'text')} · ` : ''}local, nothing is
          sent${mails > 0 ? html` · <a href="/mailbox">${count(mails, 'mail')}</a>` : ''}
        </p>
      </header>
      <main>
        ${
          numbers.size > 0
            ? [...numbers].map((to) => phone(to, texts, replies, now, canReply ? linkTo(to) : foot))
            : emptyPhone(now)
        }
      </main>`,
  );
}

/** Does not load itself again, so that somebody can type. */
export function replyPage({ texts, replies, to, failure, now }: ReplyPage): Html {
  const fromName = isFromName(texts, to);
  const title = fromName ? 'Carrier' : 'Reply';
  const answer = html`<form class="reply" method="post" action="/reply">
      <input type="hidden" name="to" value="${to}" />
      <input
        name="text"
        aria-label="Reply"
        placeholder="Reply"
        maxlength="1600"
        autocomplete="off"
        autofocus
        required
      />
      <button>Send</button>
    </form>
    <form class="words" method="post" action="/reply">
      <input type="hidden" name="to" value="${to}" />
      ${['STOP', 'START', 'HELP'].map((word) => html`<button name="text" value="${word}">${word}</button>`)}
      <a href="/">Back</a>
    </form>`;
  const noAnswer = html`<p class="foot">Nobody can reply to a name · <a href="/">Back</a></p>`;
  const form = html`${fromName ? noAnswer : answer}
    <form class="words" method="post" action="/carrier">
      <input type="hidden" name="to" value="${to}" />
      <label for="failure">Further texts</label>
      <select id="failure" name="failure">
        <option value="">arrive</option>
        ${Object.keys(carrierFailures).map(
          (each) =>
            html`<option value="${each}" ${each === failure ? 'selected' : ''}>fail: ${each}</option>`,
        )}
      </select>
      <button>Set</button>
    </form>`;
  return page(
    title,
    '',
    html`<header class="top">
        <h1>${title}</h1>
        <p>as ${formatNumber(to)}</p>
      </header>
      <main>${phone(to, texts, replies, now, form)}</main>`,
  );
}

function isFromName(texts: readonly Text[], to: string): boolean {
  return isName(texts.findLast((text) => text.to === to)?.from);
}

export function page(title: string, meta: Html | string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${meta}
        <title>${title} · Fitbit Token Service</title>
        <link rel="icon" href="${icon}" />
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

interface Entry {
  readonly at: number;
  readonly show: () => Html;
}

function phone(to: string, texts: readonly Text[], replies: readonly Reply[], now: number, foot: Html): Html {
  const received = texts.filter((text) => text.to === to);
  const entries: Entry[] = [
    ...received.map((text) => ({ at: text.receivedAt, show: () => bubble(text, now) })),
    ...replies
      .filter(({ from }) => from === to)
      .map((reply) => ({ at: reply.sentAt, show: () => replyBubble(reply) })),
  ].sort((a, b) => a.at - b.at);
  const shown = entries.slice(-shownPerPhone);
  const senders = [...new Set(received.map(({ from }) => from))];
  return device(
    now,
    foot,
    html`<header class="thread">
        <span class="avatar">${tracker}</span>
        <h2>${senders.map(formatNumber).join(', ')}</h2>
        <p>to ${formatNumber(to)}</p>
      </header>
      <div class="scroll">
        <ol>
          ${
            shown.length < entries.length
              ? html`<li class="note">
                  ${count(entries.length - shown.length, 'earlier text')} in
                  <a href="/texts.json">texts.json</a>
                </li>`
              : ''
          }
          ${shown.map(({ at, show }, index) => {
            const day = formatDay(at, now);
            const before = shown[index - 1];
            const newDay = !before || formatDay(before.at, now) !== day;
            return html`${newDay ? html`<li class="note">${day}</li>` : ''}${show()}`;
          })}
        </ol>
      </div>`,
  );
}

function bubble(text: Text, now: number): Html {
  const arriving = now - text.receivedAt < refreshSeconds * 1000;
  return html`<li class="text${arriving ? ' new' : ''}" id="${text.messageId}">
    <p class="bubble">${linkAddresses(text.body)}</p>
    <p class="meta">
      <time datetime="${new Date(text.receivedAt).toISOString()}">${formatTime(text.receivedAt)}</time>
      · ${count(text.segments, 'segment')} · ${text.encoding}
    </p>
  </li>`;
}

function replyBubble({ messageId, body, sentAt, networkAnswer }: Reply): Html {
  return html`<li class="text own" id="${messageId}">
      <p class="bubble">${body}</p>
      <p class="meta"><time datetime="${new Date(sentAt).toISOString()}">${formatTime(sentAt)}</time></p>
    </li>
    ${
      networkAnswer === undefined
        ? ''
        : html`<li class="text">
            <p class="bubble">${networkAnswer}</p>
            <p class="meta">by the carrier</p>
          </li>`
    }`;
}

function emptyPhone(now: number): Html {
  return device(
    now,
    html`<p class="foot">Nothing to answer yet</p>`,
    html`<div class="empty">
      <span class="avatar">${tracker}</span>
      <h2>No texts yet</h2>
      <p>
        Sign up in the service with any number in international form, such as
        <span class="number">+1 425 555 0123</span>. The six digits that confirm it arrive here within
        seconds.
      </p>
      <p>
        Later come a warning before a tracker runs flat and an invitation when an account must be reconnected.
      </p>
    </div>`,
  );
}

function device(now: number, foot: Html, screen: Html): Html {
  return html`<article class="phone">
    <div class="screen">
      <div class="status" aria-hidden="true">
        <span>${formatTime(now)}</span><i class="island"></i><i class="battery"></i>
      </div>
      ${screen} ${foot}
    </div>
  </article>`;
}

export function linkAddresses(body: string): Html[] {
  // What ends a sentence does not belong to the address before it.
  return body
    .split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/i)
    .map((part, index) =>
      index % 2 === 1 && URL.canParse(part)
        ? html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>`
        : html`${part}`,
    );
}

function formatNumber(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

export function formatTime(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

export function formatDay(time: number, now: number): string {
  const day = (at: number) =>
    new Date(at).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
  return day(time) === day(now) ? 'Today' : day(time);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
