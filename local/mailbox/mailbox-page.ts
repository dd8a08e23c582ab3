/**
 * The e-mails of the local world as a page, the newest first, and what goes wrong with further ones. No script: the page asks to
 * be loaded again every three seconds. Everything is escaped; only http and https addresses become links.
 */
import { html, raw } from 'hono/html';
import { formatDay, formatTime, linkAddresses, page, refreshSeconds } from '../phone/phone-page';
import { mailFaults, unsubscribeAddressOf, type Mail, type MailFault } from './mails';

type Html = ReturnType<typeof html>;

export interface MailboxPage {
  /** Oldest first. */
  readonly mails: readonly Mail[];
  readonly fault?: MailFault | undefined;
  readonly now: number;
}

const shown = 60;

export function mailboxPage({ mails, fault, now }: MailboxPage): Html {
  const newest = mails.toReversed().slice(0, shown);
  return page(
    `${mails.length > 0 ? `(${mails.length}) ` : ''}Mailbox`,
    html`<meta http-equiv="refresh" content="${refreshSeconds}" />
      <style>
        ${raw(style)}
      </style>`,
    html`<header class="top">
        <h1>Mailbox</h1>
        <p>local, nothing is sent · <a href="/">Phone</a></p>
      </header>
      <main class="mails">
        <form class="fault" method="post" action="/mailbox">
          <label for="fault">Further mails</label>
          <select id="fault" name="fault">
            <option value="">arrive</option>
            ${Object.entries(mailFaults).map(
              ([name, what]) =>
                html`<option value="${name}" ${name === fault ? 'selected' : ''}>${name}: ${what}</option>`,
            )}
          </select>
          <button>Set</button>
        </form>
        ${newest.length === 0 ? html`<p class="none">No mail has arrived yet.</p>` : newest.map((mail) => card(mail, now))}
        ${
          newest.length < mails.length
            ? html`<p class="none">Earlier ones are in <a href="/mails.json">mails.json</a>.</p>`
            : ''
        }
      </main>`,
  );
}

function card(mail: Mail, now: number): Html {
  const { id, from, to, subject, body, headers, receivedAt, unsubscribed } = mail;
  const added = Object.entries(headers);
  return html`<article>
    <h2>${subject}</h2>
    <dl>
      <dt>From</dt>
      <dd>${from}</dd>
      <dt>To</dt>
      <dd>${to}</dd>
      <dt>Received</dt>
      <dd>${formatDay(receivedAt, now)}, ${formatTime(receivedAt)}</dd>
      ${added.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    <p class="body">${linkAddresses(body)}</p>
    ${
      unsubscribeAddressOf(mail) === undefined
        ? ''
        : html`<form class="unsubscribe" method="post" action="/mailbox/unsubscribe">
            <button name="mail" value="${id}">Unsubscribe</button>
            ${unsubscribed === undefined ? 'as a mail program offers it' : unsubscribed}
          </form>`
    }
  </article>`;
}

const style = `
  .mails { display: grid; grid-template-columns: minmax(0, 1fr); justify-content: stretch; max-width: 720px; margin: 0 auto; gap: 14px; }
  .fault { flex-wrap: wrap; margin: 0; font-size: 14px; }
  .fault select { flex: 1; min-width: 0; max-width: 100%; padding: 7px; border: 1px solid var(--line); border-radius: 10px; font: inherit; color: var(--ink); background: var(--screen); }
  .none { padding: 30px; text-align: center; color: var(--soft); }
  article { padding: 16px 20px 18px; border: 1px solid var(--line); border-radius: 14px; background: var(--screen); overflow-wrap: anywhere; }
  article h2 { font-size: 17px; letter-spacing: -.01em; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 1px 10px; padding: 6px 0 10px; margin-bottom: 12px; border-bottom: 1px solid var(--line); font-size: 13px; color: var(--soft); }
  dd { margin: 0; }
  .body { white-space: pre-wrap; }
  .unsubscribe { margin: 12px 0 0; font-size: 13px; color: var(--soft); }
`;
