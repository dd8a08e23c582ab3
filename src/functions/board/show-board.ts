/** `GET ops/board`: everybody who is connected, whoever needs attention first; with `format=csv` the same list for a spreadsheet. Staff only. */
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import { listBoard, readBoardCounts, readBoardPage, type BoardFilter } from '../../domain/board/read-board';
import { boardRanks, type BoardEntry } from '../../model';
import { boardPage } from '../../pages/board/board-page';
import { daysLeft } from '../../pages/board/board-words';
import type { Services } from '../../services';
import { jsonAnswer } from '../http/answers';
import { noticeCookie } from '../web/cookies';
import { boardAnswer } from './board-answer';
import { sayNotice } from './board-notices';
import { onStaff, staffFrame, type Staff } from './on-staff';
import { byteOrderMark, forSpreadsheets } from '../http/csv';

const perBoardPage = 50;

const optional = z
  .string()
  .transform((text) => text.trim().slice(0, 100) || undefined)
  .optional();

/** What a person can have typed is never wrong: it finds nobody. */
export const boardQuery = z.object({
  rank: z.enum(boardRanks).optional().catch(undefined).describe('Only connections of this rank.'),
  site: optional.describe('Only connections of this site.'),
  search: optional.describe('Only connections whose label or outside id begins so.'),
  // Cut short it would name another place, and a page would come again and again.
  after: z.string().optional().describe('Where a page before ended.'),
  format: z.literal('csv').optional().catch(undefined).describe('The whole list for a spreadsheet.'),
});

export const board = (services: Services) =>
  onStaff(services, 'coordinator', async (request, staff) => {
    const { after, format, ...filter } = boardQuery.parse(Object.fromEntries(request.query));
    const { sites } = staff;
    const wanted: BoardFilter = {
      ranks: filter.rank && [filter.rank],
      site: filter.site,
      search: filter.search,
      sites,
    };
    if (format === 'csv') return csvAnswer(services, wanted);
    const [page, counts] = await Promise.all([
      readBoardPage(services, wanted, { limit: perBoardPage, after }),
      readBoardCounts(services, { site: filter.site, sites }),
    ]);
    return showBoard(services, request, staff, {
      ...page,
      counts: counts.ranks,
      sites: counts.sites,
      filter,
      isLater: after !== undefined,
    });
  });

async function showBoard(
  services: Services,
  request: HttpRequest,
  { name, sites: limitedTo }: Staff,
  shown: Omit<Parameters<typeof boardPage>[1], 'now' | 'staff' | 'notice' | 'limitedTo'>,
): Promise<HttpResponseInit> {
  const notice = noticeCookie.read(services.publicUrl, request);
  const said = { staff: name, limitedTo, now: services.clock.now(), notice: sayNotice(notice) };
  const answer = await boardAnswer(boardPage(staffFrame(services), { ...shown, ...said }));
  if (notice === undefined || request.method === 'HEAD') return answer;
  return { ...answer, cookies: [noticeCookie.clear(services.publicUrl)] };
}

async function csvAnswer(services: Services, filter: BoardFilter): Promise<HttpResponseInit> {
  const { default: Papa } = await import('papaparse');
  const now = services.clock.now();
  const rows = [];
  for await (const { entry } of listBoard(services, filter)) rows.push(cellsOf(entry, now));
  const { headers } = jsonAnswer({});
  const body = Papa.unparse({ fields: [...csvColumns], data: rows }, forSpreadsheets);
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="board.csv"',
    },
    body: `${byteOrderMark}${body}\r\n`,
  };
}

const csvColumns = [
  'label',
  'outsideId',
  'site',
  'connection',
  'provider',
  'rank',
  'since',
  'state',
  'device',
  'percent',
  'word',
  'measuredAt',
  'daysLeft',
  'lastSyncAt',
  'texts',
  'lastText',
  'lastTextAt',
  'lastTextState',
  'rotatedAt',
  'expiresAt',
  'note',
  'noteBy',
  'contactedAt',
  'contactedBy',
] as const;

function cellsOf(entry: BoardEntry, now: number): (string | number)[] {
  const { battery, lastText, note, contacted } = entry;
  const left = daysLeft(entry, now);
  const cells: Record<(typeof csvColumns)[number], string | number | undefined> = {
    label: entry.label,
    outsideId: entry.outsideId,
    site: entry.site,
    connection: entry.connection,
    provider: entry.provider,
    rank: entry.rank,
    since: iso(entry.since),
    state: entry.state,
    device: battery?.name,
    percent: battery?.percent,
    word: battery?.word,
    measuredAt: iso(battery?.at),
    daysLeft: left === undefined ? undefined : Math.round(left * 10) / 10,
    lastSyncAt: iso(entry.syncedAt),
    texts: entry.texts,
    lastText: lastText?.kind,
    lastTextAt: iso(lastText?.at),
    lastTextState: lastText?.state,
    rotatedAt: iso(entry.rotatedAt),
    expiresAt: iso(entry.expiresAt),
    note: note?.text,
    noteBy: note?.by,
    contactedAt: iso(contacted?.at),
    contactedBy: contacted?.by,
  };
  return csvColumns.map((name) => cells[name] ?? '');
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
