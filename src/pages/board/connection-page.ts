/** One connection on the board: its batteries, texts, checks and tokens, and what staff can do. */
import { html } from 'hono/html';
import { longestNote, type BoardEntry, type Message } from '../../model';
import { paths } from '../../paths';
import { field } from '../fields';
import { layout, type Errors, type Frame, type Html } from '../layout';
import { historyChart, type Point } from '../personal-page/chart';
import { boardStylesheet } from './board-style';
import {
  badge,
  daysLeft,
  isWorse,
  nameOfEntry,
  rankMeanings,
  sayDaysLeft,
  sayReason,
  sayTextState,
  sayUtc,
  sentence,
  since,
  textStateNames,
  when,
} from './board-words';

export interface ConnectionPage {
  readonly entry: BoardEntry;
  readonly providerName: string;
  readonly timeZone: string;
  /** Masked. */
  readonly phone: string | undefined;
  readonly email?: string | undefined;
  readonly isPaused: boolean;
  readonly devices: readonly BoardDevice[];
  readonly historyDays: number;
  /** The latest come first. */
  readonly texts: readonly Pick<Message, 'id' | 'kind' | 'state' | 'createdAt' | 'firstSentAt' | 'failure'>[];
  readonly tokens: {
    readonly consent: number;
    readonly generation: number;
    readonly consentedAt: number | undefined;
    readonly failure: { readonly code: string; readonly since: number } | undefined;
    readonly missingScopes: readonly string[];
  };
  readonly failedChecks: number;
  /** Whether whoever looks may do more than read, note and mark. */
  readonly mayAct: boolean;
  readonly mayReceiveLink: boolean;
  readonly staff: string;
  readonly now: number;
  readonly notice?: string | undefined;
  readonly errors: Errors;
  /** What was typed and could not be saved. */
  readonly typed?: { readonly site?: string | undefined } | undefined;
}

export interface BoardDevice {
  readonly row: string;
  readonly name: string;
  readonly model: string;
  readonly percent: number | undefined;
  readonly word: string | undefined;
  readonly syncedAt: number | undefined;
  readonly checkedAt: number;
  readonly goneAt: number | undefined;
  readonly silentSince: number | undefined;
  readonly emptyAt: number | undefined;
  readonly threshold: number;
  readonly history: readonly Point[];
}

export function connectionPage(frame: Frame, page: ConnectionPage): Html {
  const { entry, notice, now, errors } = page;
  const title = nameOfEntry(entry);
  const reason = sayReason(entry);
  return layout(
    frame,
    title,
    html`${notice === undefined ? '' : html`<section class="notice" role="status"><p>${notice}</p></section>`}
      <section>
        <p>
          ${badge(entry.rank)} ${since(entry.since, now)}${reason === undefined ? '' : `: ${reason}`}.
          <span class="quiet">${rankMeanings[entry.rank]}</span>
        </p>
        ${facts(page)}
      </section>
      <div class="split">
        <div>${batteries(frame, page)} ${texts(page)} ${checks(page)} ${tokens(page)}</div>
        <div>${staffNotes(page)} ${page.mayAct ? actions(page) : ''}</div>
      </div>`,
    {
      errors,
      linkAgain: false,
      heading: html`<p class="screen"><a href="${paths.board}">Who needs attention</a></p>
        <h1>${title}</h1>`,
      more: { className: 'board', stylesheet: boardStylesheet },
    },
  );
}

function fact(name: string, content: Html | string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${content}</dd>
  </div>`;
}

function facts({ entry, providerName, phone, email, timeZone, isPaused }: ConnectionPage): Html {
  const { outsideId, site, connectedAt, texts: state, connection } = entry;
  return html`<dl class="facts">
    ${fact('Outside id', outsideId ?? '–')} ${fact('Site', site ?? '–')} ${fact('Provider', providerName)}
    ${fact('Connected since', sayUtc(connectedAt).slice(0, 10))}
    ${fact(email === undefined ? 'Number' : 'E-mail', phone ?? email ?? 'None')}
    ${fact('Texts', state === undefined ? '–' : isPaused ? textStateNames.paused : textStateNames[state])}
    ${fact('Time zone', timeZone)} ${fact('Connection', html`<code>${connection}</code>`)}
  </dl>`;
}

function batteries(frame: Frame, page: ConnectionPage): Html {
  const { devices, entry, now, timeZone, historyDays } = page;
  if (devices.length === 0) {
    return html`<section>
      <h2>Batteries</h2>
      <p>No device was read yet.</p>
    </section>`;
  }
  const left = daysLeft(entry, now);
  return html`${devices.map((device, index) => {
    const level =
      device.percent === undefined ? sentence(device.word ?? 'unknown') : `${Math.floor(device.percent)}%`;
    const isEmptiest = entry.battery?.row === device.row;
    return html`<section aria-labelledby="device-${index}">
      <h2 id="device-${index}">${device.name}: ${level}</h2>
      <p class="quiet">
        ${device.name === device.model ? '' : `${device.model}. `}${
          device.syncedAt === undefined ? 'No time of a sync' : html`Synced ${when(device.syncedAt, now)}`
        }${device.goneAt === undefined ? '' : html`; not in the account ${since(device.goneAt, now)}`}.
        ${isEmptiest && left !== undefined ? `${sayDaysLeft(left)} left.` : ''}
      </p>
      ${historyChart({
        words: frame.words,
        id: `chart-${index}`,
        history: device.history,
        days: historyDays,
        threshold: device.threshold,
        emptyAt: device.emptyAt,
        silentSince: device.silentSince,
        now,
        timeZone,
      })}
    </section>`;
  })}`;
}

function texts({ texts: all, now }: ConnectionPage): Html {
  return html`<section>
    <h2 id="texts">Texts</h2>
    ${
      all.length === 0
        ? html`<p>None yet.</p>`
        : html`<div class="tableau" tabindex="0" role="region" aria-labelledby="texts">
            <table>
              <thead>
                <tr>
                  <th scope="col">Kind</th>
                  <th scope="col">When</th>
                  <th scope="col">What became of it</th>
                </tr>
              </thead>
              <tbody>
                ${all.map(
                  ({ kind, state, createdAt, firstSentAt, failure }) =>
                    html`<tr>
                      <td>${sentence(kind)}</td>
                      <td>
                        ${when(firstSentAt ?? createdAt, now)}
                        <small>${sayUtc(firstSentAt ?? createdAt)}</small>
                      </td>
                      <td class="${isWorse(state) ? 'worse' : ''}">
                        ${sentence(sayTextState(state))}${failure === undefined ? '' : html` <small>${failure}</small>`}
                      </td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

function checks({ entry, devices, failedChecks, now }: ConnectionPage): Html {
  const { failingCheck } = entry;
  const last = devices.length === 0 ? undefined : Math.max(...devices.map(({ checkedAt }) => checkedAt));
  return html`<section>
    <h2>Checks</h2>
    <p>
      ${last === undefined ? 'No check has read a device yet.' : html`The last good check was ${when(last, now)}.`}
      ${
        failingCheck === undefined
          ? ''
          : html`<span class="worse"
              >Checks have failed ${since(failingCheck.since, now)} (${failedChecks} in a row):
              ${failingCheck.code}.</span
            >`
      }
    </p>
  </section>`;
}

function tokens({ entry, tokens: of, now }: ConnectionPage): Html {
  const { rotatedAt, expiresAt } = entry;
  return html`<section>
    <h2>Tokens</h2>
    <dl class="facts">
      ${fact('Last rotation', rotatedAt === undefined ? '–' : when(rotatedAt, now))}
      ${fact(
        'Access token',
        expiresAt === undefined || entry.consentNeededSince !== undefined
          ? '–'
          : html`${expiresAt > now ? 'expires' : 'expired'} ${when(expiresAt, now)}`,
      )}
      ${fact('Last consent', of.consentedAt === undefined ? '–' : when(of.consentedAt, now))}
      ${fact('Rotations since then', String(Math.max(0, of.generation - 1)))}
      ${of.failure ? fact('Refreshes fail', html`<span class="worse">${of.failure.code}, ${since(of.failure.since, now)}</span>`) : ''}
      ${of.missingScopes.length > 0 ? fact('Permissions not given', of.missingScopes.join(', ')) : ''}
    </dl>
  </section>`;
}

function staffNotes({ entry, now }: ConnectionPage): Html {
  const { note, contacted } = entry;
  return html`<section>
    <h2>Notes</h2>
    ${note ? html`<p>${note.text}<br /><span class="quiet">${note.by}, ${when(note.at, now)}</span></p>` : ''}
    <p>
      ${contacted ? html`Last contacted ${when(contacted.at, now)} by ${contacted.by}.` : 'Nobody has marked a contact yet.'}
    </p>
    <div class="writing">
      ${form(entry, 'contacted', html`<button class="second">Mark as contacted now</button>`)}
      ${form(
        entry,
        'note',
        html`${field(
            {
              id: 'note',
              label: note ? 'Change the note' : 'Write a note',
              hint: 'The wearer can read it in their export.',
            },
            (attributes) =>
              html`<textarea ${attributes} maxlength="${longestNote}">${note?.text ?? ''}</textarea>`,
          )} <button>Save note</button>`,
      )}
    </div>
  </section>`;
}

function actions({ entry, isPaused, mayReceiveLink, typed }: ConnectionPage): Html {
  const button = (action: string, label: string) =>
    form(entry, action, html`<button class="second">${label}</button>`);
  return html`<section class="writing">
    <h2>Actions</h2>
    <div class="acts">
      ${button('check', 'Read batteries now')} ${button('rotate', 'Refresh tokens now')}
      ${mayReceiveLink ? button('link', 'Send the link to reconnect') : ''}
      ${isPaused ? button('resume', 'Send texts again') : button('pause', 'Pause texts')}
    </div>
    <details>
      <summary>Move to another site</summary>
      ${form(
        entry,
        'site',
        html`${field(
            { id: 'site', label: 'Site', hint: 'Leave it empty for none.' },
            (attributes) =>
              html`<input
                type="text"
                ${attributes}
                maxlength="60"
                value="${typed?.site ?? entry.site ?? ''}"
              />`,
          )} <button class="second">Save site</button>`,
      )}
    </details>
    <details>
      <summary>End this connection</summary>
      ${form(
        entry,
        'end',
        html`<p>
            The access is revoked, the wearer is told, and everything about them is deleted. This cannot be
            undone.
          </p>
          <label class="check"
            ><input type="checkbox" id="sure" name="sure" value="yes" required /><span
              >Yes, end it and delete everything</span
            ></label
          >
          <button class="danger">End the connection</button>`,
      )}
    </details>
  </section>`;
}

function form({ connection }: BoardEntry, action: string, content: Html): Html {
  return html`<form method="post" action="${paths.board}/${encodeURIComponent(connection)}">
    <input type="hidden" name="action" value="${action}" />
    ${content}
  </form>`;
}
