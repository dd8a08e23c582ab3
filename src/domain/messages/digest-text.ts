/** The words of the morning digest, in English: a subject, and who is new, per site, with links to the board. */
import type { BoardEntry, BoardRank, Message, Settings } from '../../model';
import { paths } from '../../paths';

export interface DigestItem {
  /** On the list: of any rank but `fine`. */
  readonly entry: BoardEntry;
  readonly isNew: boolean;
}

/** More would make a mail that nobody reads; the board has them all. */
const mostNamed = 40;

/** @param empty sites of this address that no connection belongs to: somebody may have misspelt them, and good news would be none */
export function writeDigest(
  items: readonly DigestItem[],
  { policy, publicUrl }: Pick<Settings, 'policy' | 'publicUrl'>,
  empty: readonly string[] = [],
): NonNullable<Message['facts']['letter']> {
  const board = publicUrl + paths.board;
  const fresh = items.filter(({ isNew }) => isNew).map(({ entry }) => entry);
  const onList = `${items.length} ${items.length === 1 ? 'person is' : 'people are'} on the list`;
  const news = fresh.length === 0 ? 'nobody is new' : `${fresh.length} new`;
  return {
    subject: `${policy.serviceName}: ${news}, ${items.length} on the list`,
    body: [
      `${onList} of those who need attention, ${fresh.length === 0 ? 'and nobody is new' : `${fresh.length} of them new`}: ${board}`,
      ...[...Map.groupBy(fresh.slice(0, mostNamed), ({ site }) => site)].map(
        ([site, entries]) =>
          `${site ?? 'Without a site'}\n${entries.map((entry) => describe(entry, board)).join('\n')}`,
      ),
      ...empty.map(
        (site) =>
          `No connection belongs to the site "${site}", which DIGEST_EMAIL names for you. If that is wrong, tell the operator: the board\nspells it otherwise.`,
      ),
      ...(fresh.length > mostNamed ? [`And ${fresh.length - mostNamed} more, on the board.`] : []),
      'You get this mail every morning, also when nobody is new, because DIGEST_EMAIL names your address. A morning without it\nmeans that something is wrong: tell the operator.\n',
    ].join('\n\n'),
  };
}

const reasons: Readonly<Record<Exclude<BoardRank, 'fine'>, string>> = {
  disconnected: 'has to connect again',
  silent: 'is silent',
  low: 'has a low battery',
  unreachable: 'gets no texts',
};

function describe({ connection, label, outsideId, rank, since, battery }: BoardEntry, board: string): string {
  const name = label ?? outsideId ?? `Connection ${connection.slice(0, 8)}`;
  const level = rank === 'low' && battery?.percent !== undefined ? ` (${Math.floor(battery.percent)} %)` : '';
  const at = `${new Date(since).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `- ${name} ${rank === 'fine' ? 'is fine' : reasons[rank]}${level}, since ${at}\n  ${board}/${connection}`;
}
