/**
 * One-time links to the board for a service on a developer's machine, where Microsoft Entra signs nobody in. They are in memory only: a
 * restart ends all of them.
 */
import type { Clock, Random } from '../ports';

export interface LocalLinks {
  /** @returns the secret part of a link that works once, within a day. `sites` limits what its user may see. */
  create(sites?: readonly string[]): string;
  /** Uses a link up. @returns the value of the cookie that stands for the session; nothing if the link is unknown, old or used */
  use(link: string): string | undefined;
  /** @returns nothing if there is no such session, or it has ended */
  find(session: string): LocalSession | undefined;
}

export interface LocalSession {
  /** All of them if absent. */
  readonly sites?: readonly string[] | undefined;
}

/** How long a link waits, and a session lasts. */
const localLinkMs = 24 * 3_600_000;

interface Held extends LocalSession {
  readonly until: number;
}

export function createLocalLinks(
  { now }: Pick<Clock, 'now'>,
  { secret }: Pick<Random, 'secret'>,
): LocalLinks {
  const links = new Map<string, Held>();
  const sessions = new Map<string, Held>();
  const keep = (where: Map<string, Held>, sites: readonly string[] | undefined): string => {
    const name = secret();
    where.set(name, { sites, until: now() + localLinkMs });
    return name;
  };
  const valid = (held: Held | undefined): Held | undefined =>
    held !== undefined && now() < held.until ? held : undefined;
  return {
    create: (sites) => keep(links, sites),
    use(link) {
      const held = valid(links.get(link));
      links.delete(link);
      return held && keep(sessions, held.sites);
    },
    find: (session) => valid(sessions.get(session)),
  };
}
