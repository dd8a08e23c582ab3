/** Who needs attention: ranks an entry by what is known of it. Pure. The facts are judged where they come from, by the rules of texts and pages. */
import type { BoardEntry, BoardRank } from '../../model';
import { freshForMs } from '../battery/silence';

/** An entry before it is ranked. */
export type BoardFacts = Omit<BoardEntry, 'rank' | 'since'>;

export function judgeEntry(facts: BoardFacts, before: BoardEntry | undefined, now: number): BoardEntry {
  const { rank, since } = rankOf(facts, now);
  const known = before?.rank === rank ? before.since : undefined;
  return { ...facts, rank, since: since ?? known ?? (before ? now : facts.connectedAt) };
}

/** `since` is absent where only the change of rank says it. */
function rankOf(
  facts: BoardFacts,
  now: number,
): { readonly rank: BoardRank; readonly since?: number | undefined } {
  const { failingCheck, silentSince, lowSince, lastText } = facts;
  if (facts.consentNeededSince !== undefined)
    return { rank: 'disconnected', since: facts.consentNeededSince };
  if (failingCheck?.onlyWearerCanHelp) return { rank: 'disconnected', since: failingCheck.since };
  if (silentSince !== undefined) return { rank: 'silent', since: silentSince };
  // Nothing was heard of the devices for so long, whoever's fault it is.
  if (failingCheck && now - failingCheck.since > freshForMs)
    return { rank: 'silent', since: failingCheck.since };
  if (lowSince !== undefined) return { rank: 'low', since: lowSince };
  if (facts.texts === 'dead')
    return { rank: 'unreachable', since: facts.numberDeadSince ?? facts.emailDeadSince };
  if (facts.texts === 'none' || facts.texts === 'stopped') return { rank: 'unreachable' };
  if (lastText?.state === 'failed' || lastText?.state === 'refused')
    return { rank: 'unreachable', since: lastText.at };
  return { rank: 'fine' };
}
