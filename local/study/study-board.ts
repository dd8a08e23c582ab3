/** The board as the service would have kept it: an entry for each participant, and the counts. */
import { forecast } from '../../src/domain/battery/forecast';
import {
  connectionFacts,
  deviceFacts,
  lastTextOf,
  levelMeasuredAt,
  thinLevels,
} from '../../src/domain/board/board-facts';
import { countNames, countsRow, entryKey, listRows } from '../../src/domain/board/board-rows';
import { judgeEntry } from '../../src/domain/board/judge-entry';
import type { BoardEntry, BoardRow } from '../../src/model';
import type { GroupTable } from '../../src/ports';
import type { Service } from '../service';
import { inTurns, insertAll } from './insert-rows';
import type { Participant } from './participants';
import { hourMs, type Made } from './study-records';

const textsOfStory: Readonly<Partial<Record<Participant['story'], BoardEntry['texts']>>> = {
  'no number': 'none',
  'number dead': 'dead',
  stopped: 'stopped',
};

export function entryOf({ policy }: Service['services'], made: Made, now: number): BoardEntry {
  const { connection, device, deviceRow, levels, texts } = made;
  const { emptiest, isLow, ...found } = deviceFacts(
    policy,
    connection,
    new Map([[deviceRow.row, device]]),
    now,
  );
  const left = forecast(levels, now);
  const { percent, word } = device.reading;
  return judgeEntry(
    {
      ...connectionFacts(connection)!,
      ...found,
      texts: textsOfStory[made.story] ?? 'on',
      lastText: lastTextOf(texts),
      lowSince: isLow ? levelMeasuredAt(device) : undefined,
      battery: emptiest && {
        row: emptiest.row,
        name: emptiest.name,
        percent,
        word,
        at: levelMeasuredAt(device),
        ...thinLevels(levels, now),
        flatAt: left && Math.round(now + left.hours * hourMs),
      },
    },
    undefined,
    now,
  );
}

/** Others may be on the board already, so their counts stay. */
export async function writeBoard(board: GroupTable<BoardRow>, entries: readonly BoardEntry[]): Promise<void> {
  const rows = entries.flatMap((entry) => {
    const key = entryKey(entry.connection);
    return [key.row, ...listRows(entry)].map((row) => ({ key: { ...key, row }, value: { entry } }));
  });
  await insertAll(board, rows);
  const byPartition = Map.groupBy(entries, ({ connection }) => entryKey(connection).partition);
  await inTurns([...byPartition], async ([partition, all]) => {
    const key = { partition, row: countsRow };
    const before = await board.get(key);
    const counts: Record<string, number> = { ...before?.value.counts };
    for (const name of all.flatMap(countNames)) counts[name] = (counts[name] ?? 0) + 1;
    await (before ? board.replace(before, { counts }) : board.insert(key, { counts }));
  });
}
