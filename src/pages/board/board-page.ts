/** The board: everybody who is connected, whoever needs attention first. */
import { html } from 'hono/html';
import { boardRanks, type BoardEntry, type BoardRank } from '../../model';
import { paths } from '../../paths';
import { field } from '../fields';
import { layout, type Frame, type Html } from '../layout';
import { boardStylesheet } from './board-style';
import {
  badge,
  daysLeft,
  isWorse,
  nameOfEntry,
  rankMeanings,
  rankNames,
  sayDaysLeft,
  sayReason,
  sayTextState,
  sentence,
  since,
  when,
  sayUtc,
} from './board-words';
import { sparkline } from './sparkline';

export interface BoardPage {
  readonly entries: readonly BoardEntry[];
  readonly counts: Readonly<Record<BoardRank, number>>;
  /** Those that whoever looks may see, with how many of their connections need attention. */
  readonly sites: readonly { readonly name: string; readonly all: number; readonly needing: number }[];
  readonly filter: BoardQuery;
  readonly next: string | undefined;
  /** The page is not the first one. */
  readonly isLater: boolean;
  /** The only sites that whoever looks may see; all if it is absent. */
  readonly limitedTo?: readonly string[] | undefined;
  readonly staff: string;
  readonly now: number;
  readonly notice?: string | undefined;
}

export interface BoardQuery {
  readonly rank?: BoardRank | undefined;
  readonly site?: string | undefined;
  readonly search?: string | undefined;
}

/** The address of a list. */
function boardAddress(
  query: BoardQuery & { readonly after?: string; readonly format?: string } = {},
): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][];
  const search = new URLSearchParams(given).toString();
  return search === '' ? paths.board : `${paths.board}?${search}`;
}

export function boardPage(frame: Frame, page: BoardPage): Html {
  const { entries, filter, next, isLater, limitedTo, notice } = page;
  const title = 'Who needs attention';
  return layout(
    frame,
    title,
    html`${notice === undefined ? '' : html`<section class="notice" role="status"><p>${notice}</p></section>`}
      <p class="lead">
        ${limitedTo === undefined ? '' : html`Sites: ${limitedTo.join(', ') || 'none'}. `}Signed in as
        ${page.staff}.
      </p>
      ${counts(page)} ${finder(page)}
      ${
        entries.length === 0
          ? html`<section>
              <p>${sayNobody(page)}</p>
            </section>`
          : table(page)
      }
      <p class="pages">
        ${isLater ? html`<a class="button second" href="${boardAddress(filter)}">First page</a>` : ''}
        ${next === undefined ? '' : html`<a class="button" href="${boardAddress({ ...filter, after: next })}">Next page</a>`}
        <a class="button second" href="${boardAddress({ ...filter, format: 'csv' })}">Download as CSV</a>
      </p>`,
    { linkAgain: false, more: { className: 'board', stylesheet: boardStylesheet } },
  );
}

/** A site that is misspelt in an app role has nobody, and must not look as if all were well there. */
function sayNobody({ filter, limitedTo }: BoardPage): string {
  if (isFiltered(filter)) return 'Nobody fits.';
  return limitedTo === undefined
    ? 'Nobody is connected yet.'
    : 'No connection belongs to your sites, as they are written above. If that is wrong, tell the operator.';
}

function isFiltered({ rank, site, search }: BoardQuery): boolean {
  return rank !== undefined || site !== undefined || search !== undefined;
}

function counts({ counts: byRank, filter }: BoardPage): Html {
  const all = Object.values(byRank).reduce((sum, count) => sum + count, 0);
  const { rank: chosen, ...others } = filter;
  const current = (isIt: boolean) => (isIt ? html`aria-current="page"` : '');
  return html`<nav aria-label="By state">
    <ul class="counts">
      ${boardRanks.map(
        (rank) =>
          html`<li>
            <a
              class="rank-${rank}"
              href="${boardAddress({ ...others, rank })}"
              title="${rankMeanings[rank]}"
              ${current(chosen === rank)}
              ><strong>${byRank[rank]}</strong> ${rankNames[rank]}</a
            >
          </li>`,
      )}
      <li>
        <a href="${boardAddress(others)}" ${current(chosen === undefined)}><strong>${all}</strong> All</a>
      </li>
    </ul>
  </nav>`;
}

function finder({ filter, sites }: BoardPage): Html {
  return html`<form class="finder" method="get" action="${paths.board}">
    ${filter.rank === undefined ? '' : html`<input type="hidden" name="rank" value="${filter.rank}" />`}
    ${field(
      { id: 'search', label: 'Label or outside id' },
      (attributes) =>
        html`<input type="search" ${attributes} value="${filter.search ?? ''}" maxlength="100" />`,
    )}
    ${
      sites.length === 0
        ? ''
        : field(
            { id: 'site', label: 'Site' },
            (attributes) =>
              html`<select ${attributes}>
                <option value="">All sites</option>
                ${sites.map(
                  ({ name, all, needing }) =>
                    html`<option value="${name}" ${name === filter.site ? html`selected` : ''}>
                      ${name} (${needing} of ${all})
                    </option>`,
                )}
              </select>`,
          )
    }
    <div class="row">
      <button>Show</button>
      ${isFiltered(filter) ? html`<a class="button second" href="${paths.board}">Show all</a>` : ''}
    </div>
  </form>`;
}

const columns = ['Wearer', 'State', 'Emptiest battery', 'Days left', 'Last sync', 'Last text', 'Tokens'];

function table({ entries, now, isLater }: BoardPage): Html {
  return html`<section class="tableau" tabindex="0" role="region" aria-label="Connections">
    <table class="people" role="table">
      <caption>
        ${isLater ? 'Further connections' : 'Connections'}, whoever needs attention first. Times are as of
        ${sayUtc(now)}.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${entries.map((entry) => row(entry, now))}
      </tbody>
    </table>
  </section>`;
}

function row(entry: BoardEntry, now: number): Html {
  const { connection, label, outsideId, site, note, contacted } = entry;
  const about = [label === undefined ? undefined : outsideId, site].filter((text) => text !== undefined);
  const cell = (name: string, content: Html | string) =>
    html`<td role="cell" data-label="${name}"><div>${content}</div></td>`;
  const left = daysLeft(entry, now);
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <a href="${paths.board}/${encodeURIComponent(connection)}">${nameOfEntry(entry)}</a>
      ${about.length === 0 ? '' : html`<small>${about.join(' · ')}</small>`}
    </th>
    ${cell('State', state(entry, now))} ${cell('Battery', battery(entry, now))}
    ${cell('Days left', left === undefined ? html`<span class="quiet">–</span>` : sayDaysLeft(left))}
    ${cell('Last sync', entry.syncedAt === undefined ? html`<span class="quiet">–</span>` : when(entry.syncedAt, now))}
    ${cell('Last text', lastText(entry, now))} ${cell('Tokens', tokens(entry, now))}
  </tr>`;

  function state(of: BoardEntry, at: number): Html {
    const reason = sayReason(of);
    return html`${badge(of.rank)}
      <small>${since(of.since, at)}${reason === undefined ? '' : html` · ${reason}`}</small>
      ${contacted ? html`<small>Contacted ${when(contacted.at, at)} by ${contacted.by}</small>` : ''}
      ${note ? html`<small>“${note.text.length > 60 ? `${note.text.slice(0, 59)}…` : note.text}”</small>` : ''}`;
  }
}

function battery(entry: BoardEntry, now: number): Html {
  const { battery: shown } = entry;
  if (!shown) return html`<span class="quiet">No device</span>`;
  return html`<div class="gauge">
      <strong class="${entry.lowSince === undefined ? '' : 'worse'}"
        >${shown.percent === undefined ? sentence(shown.word ?? 'unknown') : `${Math.floor(shown.percent)}%`}</strong
      >
      ${sparkline(shown, now)}
    </div>
    <small>${shown.name}</small>`;
}

function lastText({ lastText: text, texts }: BoardEntry, now: number): Html {
  if (!text) return html`<span class="quiet">${texts === 'none' ? 'No address' : 'None yet'}</span>`;
  return html`${sentence(text.kind)}, ${when(text.at, now)}
    <small class="${isWorse(text.state) ? 'worse' : ''}">${sayTextState(text.state)}</small>`;
}

function tokens({ rotatedAt, expiresAt, state }: BoardEntry, now: number): Html {
  if (rotatedAt === undefined) return html`<span class="quiet">–</span>`;
  const isNeeded = state === 'reconnect required' || state === 'provider retired';
  return html`Rotated ${when(rotatedAt, now)}
  ${
    expiresAt === undefined || isNeeded
      ? ''
      : html`<small>${expiresAt > now ? 'Expire' : 'Expired'} ${when(expiresAt, now)}</small>`
  }`;
}
