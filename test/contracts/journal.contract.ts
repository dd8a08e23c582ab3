/** What every `Journal` promises (src/ports). */
import { randomUUID } from 'node:crypto';
import type { Position, TokenSet } from '../../src/model';
import type { Journal } from '../../src/ports';
import { Secret } from '../../src/secret';
import { revealed } from '../support/revealed';
import { tokenSets } from '../support/sample-records';

const keyOf = (letter: string) => new Secret(letter.repeat(43));

export function journalContract(name: string, open: () => Promise<Journal>): void {
  describe(`Journal ${name}`, () => {
    let journal: Journal;
    let current: TokenSet;
    let next: TokenSet;

    beforeEach(async () => {
      journal = await open();
      const full = { ...tokenSets.full, connection: randomUUID() };
      current = { ...full, generation: 17, journalKey: keyOf('A') };
      next = { ...full, generation: 18, refreshToken: new Secret('refresh-18'), journalKey: keyOf('B') };
    });

    const setsAfter = (set: TokenSet) => journal.read(set);

    test('reads nothing where nothing was written', async () => {
      expect(await journal.read(current)).toEqual([]);
    });

    test.each([
      ['everything in it', tokenSets.full],
      ['nothing that may be left out', tokenSets.minimal],
    ])('a token set with %s comes back as it was written', async (_, sample) => {
      const set = { ...sample, connection: current.connection, consent: 2, generation: 18 };
      await journal.write(current, set);
      const [read, ...others] = await setsAfter(current);
      expect(revealed(read)).toStrictEqual(revealed(set));
      expect(read?.accessToken).toBeInstanceOf(Secret);
      expect(others).toEqual([]);
    });

    test('the first set that was written for a position stays', async () => {
      await journal.write(current, next);
      await journal.write(current, { ...next, refreshToken: new Secret('another') });
      expect((await setsAfter(current)).map((set) => set.refreshToken.reveal())).toEqual(['refresh-18']);
    });

    test('a set under a fresh consent number is read as the successor too', async () => {
      const moved = { ...next, consent: 3, generation: 1 };
      await journal.write(current, moved);
      expect((await setsAfter(current)).map(({ consent, generation }) => [consent, generation])).toEqual([
        [3, 1],
      ]);
    });

    test('only the set that it follows opens it', async () => {
      await journal.write(current, next);
      expect(await journal.read({ ...current, journalKey: keyOf('C') })).toEqual([]);
      expect(await journal.read({ ...current, journalKey: undefined })).toEqual([]);
      expect(await journal.read({ ...current, connection: randomUUID() })).toEqual([]);
      expect(await setsAfter(current)).toHaveLength(1);
    });

    test('a chain of two is opened link by link', async () => {
      const third = { ...next, generation: 19, refreshToken: new Secret('refresh-19') };
      await journal.write(current, next);
      await journal.write(next, third);
      expect((await setsAfter(current)).map(({ generation }) => generation)).toEqual([18]);
      expect((await setsAfter(next)).map(({ generation }) => generation)).toEqual([19]);
    });

    test('without a key of the set before nothing is written', async () => {
      const { journalKey: _, ...keyless } = current;
      await journal.write(keyless, next);
      expect(await journal.read(current)).toEqual([]);
      await journal.write(current, next);
      expect(await setsAfter(current)).toHaveLength(1);
    });

    test('remove removes the rows up to a position, readable or not, and none that comes later', async () => {
      await journal.write(current, next);
      await journal.write({ ...current, journalKey: keyOf('C') }, { ...next, generation: 19 });
      await journal.write(current, { ...next, generation: 20 });
      await journal.write(current, { ...next, consent: next.consent + 1, generation: 1 });
      const rows = async () => {
        const found: Position[] = [];
        for await (const { connection, consent, generation } of journal.list()) {
          if (connection === current.connection) found.push({ consent, generation });
        }
        return found;
      };
      const { consent } = next;
      expect(await rows()).toHaveLength(4);
      await journal.remove(current.connection, { consent, generation: 19 });
      const left = [
        { consent, generation: 20 },
        { consent: consent + 1, generation: 1 },
      ];
      expect(await rows()).toEqual(left);
      await journal.remove(current.connection, { consent, generation: 19 });
      expect(await rows()).toEqual(left);
    });

    test('remove without a position removes everything of a connection, and nothing of others', async () => {
      const other = { ...current, connection: randomUUID() };
      await journal.write(current, next);
      await journal.write({ ...current, journalKey: keyOf('C') }, { ...next, generation: 19 });
      await journal.write(other, { ...next, connection: other.connection });
      await journal.remove(current.connection);
      expect(await journal.read(current)).toEqual([]);
      expect(await journal.read({ ...current, journalKey: keyOf('C') })).toEqual([]);
      expect(await setsAfter(other)).toHaveLength(1);
      await journal.remove(current.connection);
    });

    test('ten writers of one position at once leave one entry', async () => {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          journal.write(current, { ...next, refreshToken: new Secret(`refresh-of-writer-${i}`) }),
        ),
      );
      expect(await setsAfter(current)).toHaveLength(1);
    });
  });
}
