/**
 * What every `Vault` promises (src/ports). Where it rests on how the real vault answers, the session that was recorded there is
 * named; the recordings are in the public repositories of the SDKs:
 *
 * - [N19], [N22]: azure-sdk-for-net, SecretClientLiveTests, DeleteSecret (872a3bf, 2019) and StartDeleteSecretAsync (206db6f, 2022)
 * - [J20], [J22]: azure-sdk-for-js, keyvault-secrets, "can get a deleted secret" (16c6b04, 2020, deleted after 13 s; 9d47f30, 2022, after 5 s)
 * - [JVER]: azure-sdk-for-js, "can retrieve all versions of a secret by page" (196aca1); [JNON]: "can list secret versions non existing"
 *   (519eea5)
 * - [409]: issues hashicorp/terraform-provider-azurerm 10454 and Azure/azure-cli 12722
 */
import type { SavedTokenSet, Vault } from '../../src/ports';
import type { TokenSet } from '../../src/model';
import { Secret } from '../../src/secret';
import type { FakeClock } from '../support/memory-runtime';
import { revealed } from '../support/revealed';
import { tokenSets } from '../support/sample-records';

export interface VaultAtHand {
  readonly vault: Vault;
  /** The vault's own clock. */
  readonly clock: Pick<FakeClock, 'advance'>;
  /** How long it takes to delete. */
  readonly deletionMs: number;
  /** What an operator does by hand. */
  setSecret(name: string, value: string): void;
}

/** `protects`: nobody can purge what was deleted before seven days are over. */
export type OpenVault = (options?: { readonly protects?: boolean }) => Promise<VaultAtHand>;

export function vaultContract(name: string, open: OpenVault): void {
  describe(`Vault ${name}`, () => {
    let at: VaultAtHand;
    let vault: Vault;

    beforeEach(async () => {
      at = await open();
      vault = at.vault;
    });

    /** Saves one generation after the other, some seconds apart. */
    async function saveGenerations(secondsApart: number, ...generations: number[]): Promise<string[]> {
      const versions: string[] = [];
      for (const generation of generations) {
        if (versions.length > 0) at.clock.advance(secondsApart * 1_000);
        versions.push(await vault.saveTokenSet(tokenSet({ generation })));
      }
      return versions;
    }

    const generationsSince = async (version: string) =>
      (await vault.readTokenSetsSince({ id: 'wearer' }, 1, version)).map(({ set }) => set.generation).sort();

    test.each([
      ['everything in it', tokenSets.full],
      ['nothing that may be left out', tokenSets.minimal],
    ])('a token set with %s comes back as it was saved', async (_, set) => {
      const version = await vault.saveTokenSet(set);
      const saved = await vault.readTokenSet({ id: set.connection }, set.consent);
      expect(saved?.version).toBe(version);
      expect(revealed(saved?.set)).toStrictEqual(revealed(set));
      expect(saved?.set.accessToken).toBeInstanceOf(Secret);
      expect(saved?.set.refreshToken).toBeInstanceOf(Secret);
    });

    test('every save is a new version, the same token set too', async () => {
      const versions = await saveGenerations(1, 1, 2, 2);
      expect(new Set(versions).size).toBe(3);
      expect(await generationsSince(versions[0] ?? '')).toEqual([1, 2, 2]);
    });

    test('readTokenSet gives the version that was saved last, also within one second', async () => {
      const versions = await saveGenerations(0, 1, 2, 3);
      expect(summaryOf(await vault.readTokenSet({ id: 'wearer' }, 1))).toEqual([versions[2], 3]);
    });

    test('the set saved last is the latest, even when its generation is lower', async () => {
      const versions = await saveGenerations(1, 5, 4);
      expect(summaryOf(await vault.readTokenSet({ id: 'wearer' }, 1))).toEqual([versions[1], 4]);
    });

    test('readTokenSet gives the version that is named', async () => {
      const versions = await saveGenerations(1, 1, 2, 3);
      const found = await Promise.all(
        versions.map((version) => vault.readTokenSet({ id: 'wearer' }, 1, version)),
      );
      expect(found.map(summaryOf)).toEqual([
        [versions[0], 1],
        [versions[1], 2],
        [versions[2], 3],
      ]);
    });

    // 404 SecretNotFound [N22].
    test('readTokenSet finds nothing where nothing was saved', async () => {
      const [version] = await saveGenerations(0, 1);
      expect(await vault.readTokenSet({ id: 'nobody' }, 1)).toBeUndefined();
      expect(await vault.readTokenSet({ id: 'wearer' }, 2)).toBeUndefined();
      expect(await vault.readTokenSet({ id: 'wearer' }, 1, 'f'.repeat(32))).toBeUndefined();
      expect(await vault.readTokenSet({ id: 'wearer' }, 2, version)).toBeUndefined();
    });

    test('consents and connections do not mix', async () => {
      const sets = [
        tokenSet({ connection: 'wearer', consent: 1, generation: 1 }),
        tokenSet({ connection: 'wearer', consent: 2, generation: 2 }),
        tokenSet({ connection: 'wearer', consent: 11, generation: 3 }),
        tokenSet({ connection: 'wearer-1', consent: 1, generation: 4 }),
      ];
      for (const set of sets) {
        const version = await vault.saveTokenSet(set);
        const saved = await vault.readTokenSetsSince({ id: set.connection }, set.consent, version);
        expect(saved.map(summaryOf)).toEqual([[version, set.generation]]);
      }
      for (const { connection, consent, generation } of sets) {
        expect((await vault.readTokenSet({ id: connection }, consent))?.set.generation).toBe(generation);
      }
    });

    test('readTokenSetsSince gives the version named and what came later, and nothing earlier', async () => {
      const versions = await saveGenerations(1, 1, 2, 3, 4);
      const saved = await vault.readTokenSetsSince({ id: 'wearer' }, 1, versions[2] ?? '');
      expect(saved.map(summaryOf).sort(byGeneration)).toEqual([
        [versions[2], 3],
        [versions[3], 4],
      ]);
      expect(await generationsSince(versions[0] ?? '')).toEqual([1, 2, 3, 4]);
    });

    // Times are whole seconds, with three versions within one of them [JVER].
    test('readTokenSetsSince gives what was saved at the same time as the version named', async () => {
      await saveGenerations(0, 1);
      at.clock.advance(1_000);
      const versions = await saveGenerations(0, 2, 3, 4);
      for (const version of versions) expect(await generationsSince(version)).toEqual([2, 3, 4]);
    });

    test('readTokenSetsSince gives everything when the version named does not exist', async () => {
      await saveGenerations(1, 1, 2, 3);
      expect(await generationsSince('f'.repeat(32))).toEqual([1, 2, 3]);
    });

    // An empty list and not 404 [JNON].
    test('readTokenSetsSince gives nothing where nothing was saved', async () => {
      expect(await vault.readTokenSetsSince({ id: 'nobody' }, 1, 'f'.repeat(32))).toEqual([]);
    });

    // Pages are sorted by the versions' ids, which chance has made, and not by time [JVER].
    test('readTokenSetsSince gives more versions than fit on one page', async () => {
      const generations = Array.from({ length: 60 }, (_, i) => i + 1);
      const versions = await saveGenerations(1, ...generations);
      const saved = await vault.readTokenSetsSince({ id: 'wearer' }, 1, versions[1] ?? '');
      expect(saved.map(summaryOf).sort(byGeneration)).toEqual(
        generations.slice(1).map((generation) => [versions[generation - 1], generation]),
      );
    });

    test('deleteTokenSets deletes all versions of one consent and of no other', async () => {
      const [first = ''] = await saveGenerations(1, 1, 2);
      await vault.saveTokenSet(tokenSet({ consent: 2, generation: 3 }));
      await vault.saveTokenSet(tokenSet({ connection: 'other', generation: 4 }));
      await vault.deleteTokenSets({ id: 'wearer' }, 1);
      expect(await vault.readTokenSet({ id: 'wearer' }, 1)).toBeUndefined();
      expect(await vault.readTokenSet({ id: 'wearer' }, 1, first)).toBeUndefined();
      expect(await vault.readTokenSetsSince({ id: 'wearer' }, 1, first)).toEqual([]);
      expect((await vault.readTokenSet({ id: 'wearer' }, 2))?.set.generation).toBe(3);
      expect((await vault.readTokenSet({ id: 'other' }, 1))?.set.generation).toBe(4);
    });

    test('deleteTokenSets does nothing where there is nothing, or nothing any more', async () => {
      await vault.deleteTokenSets({ id: 'nobody' }, 1);
      await saveGenerations(1, 1);
      await vault.deleteTokenSets({ id: 'wearer' }, 1);
      await vault.deleteTokenSets({ id: 'wearer' }, 1);
      expect(await vault.readTokenSet({ id: 'wearer' }, 1)).toBeUndefined();
    });

    // GET answers 404 from the first second on [N22], for 13 s [J20], 5 s [J22]; a purge answers 409 meanwhile [409].
    test('purgeTokenSets refuses while the vault still deletes, though nothing can be read any more', async () => {
      await saveGenerations(1, 1);
      await vault.deleteTokenSets({ id: 'wearer' }, 1);
      expect(await vault.readTokenSet({ id: 'wearer' }, 1)).toBeUndefined();
      await expect(vault.purgeTokenSets({ id: 'wearer' }, 1)).rejects.toMatchObject({
        code: 'DELETION_RUNNING',
      });
      at.clock.advance(at.deletionMs - 1);
      await expect(vault.purgeTokenSets({ id: 'wearer' }, 1)).rejects.toMatchObject({
        code: 'DELETION_RUNNING',
      });
      at.clock.advance(1);
      expect(await vault.purgeTokenSets({ id: 'wearer' }, 1)).toBeUndefined();
    });

    // 204 [N19].
    test('purgeTokenSets makes the vault forget what was deleted, and nothing else', async () => {
      await saveGenerations(1, 1, 2);
      await vault.saveTokenSet(tokenSet({ consent: 2, generation: 3 }));
      expect(await vault.deleteTokenSets({ id: 'wearer' }, 1)).toBeUndefined();
      at.clock.advance(at.deletionMs);
      expect(await vault.purgeTokenSets({ id: 'wearer' }, 1)).toBeUndefined();
      expect(await vault.readTokenSet({ id: 'wearer' }, 1)).toBeUndefined();
      expect((await vault.readTokenSet({ id: 'wearer' }, 2))?.set.generation).toBe(3);
    });

    test('purgeTokenSets does nothing where there is nothing, or nothing any more', async () => {
      expect(await vault.purgeTokenSets({ id: 'nobody' }, 1)).toBeUndefined();
      await saveGenerations(1, 1);
      await vault.deleteTokenSets({ id: 'wearer' }, 1);
      at.clock.advance(at.deletionMs);
      await vault.purgeTokenSets({ id: 'wearer' }, 1);
      expect(await vault.purgeTokenSets({ id: 'wearer' }, 1)).toBeUndefined();
    });

    // The answer to the deletion has the date and the recovery level at once [N22], [J22].
    test('deleteTokenSets and purgeTokenSets say when a vault that protects what was deleted forgets it', async () => {
      at = await open({ protects: true });
      vault = at.vault;
      await saveGenerations(1, 1);
      const goneAt = await vault.deleteTokenSets({ id: 'wearer' }, 1);
      expect(new Date(goneAt ?? 0).toISOString()).toBe('2026-11-28T06:00:00.000Z');
      expect(await vault.deleteTokenSets({ id: 'wearer' }, 1)).toBeUndefined();
      at.clock.advance(at.deletionMs);
      expect(await vault.purgeTokenSets({ id: 'wearer' }, 1)).toBe(goneAt);
      expect(await vault.readTokenSet({ id: 'wearer' }, 1)).toBeUndefined();
    });

    test('tryWriting can be done again and again, and changes nothing that is read', async () => {
      await vault.tryWriting();
      await vault.tryWriting();
      expect(await vault.readTokenSet({ id: 'c1' }, 1)).toBeUndefined();
    });

    test('readSecret gives what the operator put there, and nothing where there is nothing', async () => {
      at.setSecret('fitbit-client-secret', 'a "client" secret');
      const secret = await vault.readSecret('fitbit-client-secret');
      expect(secret).toBeInstanceOf(Secret);
      expect(secret?.reveal()).toBe('a "client" secret');
      expect(await vault.readSecret('google-health-client-secret')).toBeUndefined();
    });

    test('readSecret gives the new value after the operator changed it', async () => {
      at.setSecret('fitbit-client-secret', 'old');
      expect((await vault.readSecret('fitbit-client-secret'))?.reveal()).toBe('old');
      at.setSecret('fitbit-client-secret', 'new');
      expect((await vault.readSecret('fitbit-client-secret'))?.reveal()).toBe('new');
    });
  });
}

function tokenSet(overrides: Partial<TokenSet>): TokenSet {
  return { ...tokenSets.minimal, connection: 'wearer', ...overrides };
}

type Summary = [version: string | undefined, generation: number | undefined];

function summaryOf(saved: SavedTokenSet | undefined): Summary {
  return [saved?.version, saved?.set.generation];
}

function byGeneration([, a = 0]: Summary, [, b = 0]: Summary): number {
  return a - b;
}
