/** One connection on the board: its batteries, texts, checks and tokens, and what staff can do. */
import { html } from 'hono/html';
import { paths } from '../../paths';
import { layout, type Frame, type Html } from '../layout';
import { historyChart } from '../personal-page/chart';
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
import { actions, staffNotes } from './connection-actions';
import type { ConnectionPage } from './connection-view';

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
