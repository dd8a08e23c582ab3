import { comparePositions } from '../../src/domain/connection/position';
import type { ConnectionId, Pointer } from '../../src/model';
import type { ProviderModel } from './provider-model';
import type { Shown, Violation } from './scenario';
import type { Stage } from './stage';
import { needsConsent } from '../../src/domain/connection/state';

/** What the wearer has done, which may end the tokens. */
export interface Deeds {
  readonly begun: Set<'consent' | 'disconnect'>;
  readonly done: Set<'consent' | 'consent refused'>;
}

export interface RotationJudge {
  /** @returns false when there is nothing more to see */
  watch(held: { readonly askedAt: number }): boolean;
  verdict(): Shown;
  line(): string;
}

export function judgeRotation(
  stage: Stage,
  model: ProviderModel,
  id: ConnectionId,
  deeds: Deeds,
  providerTimeoutMs: number,
): RotationJudge {
  let pointer: Pointer | undefined = recordOf()?.pointer;
  let broken: Violation | undefined;
  let reused = false;
  let heldUp = false;

  function recordOf() {
    return stage.tables.connections.values().find((connection) => connection.id === id);
  }

  const refreshTokenAt = ({ secretVersion }: Pointer): string | undefined =>
    stage.vault.saved.find(({ version }) => version === secretVersion)?.set.refreshToken.reveal();

  const judgeMove = (from: Pointer | undefined, to: Pointer): Violation | undefined => {
    const position = `(${to.consent}, ${to.generation})`;
    if (from && comparePositions(to, from) < 0) {
      return { kind: 'moved back', why: `the pointer moved back to ${position}` };
    }
    const token = refreshTokenAt(to);
    return token !== undefined && model.isSpent(token)
      ? { kind: 'spent', why: `the pointer moved to ${position}, whose ${token} is spent` }
      : undefined;
  };

  const judgeEnd = (): Violation[] => {
    const record = recordOf();
    if (!record) return [{ kind: 'lost', why: 'the record is gone' }];
    const left: Violation[] =
      stage.journal.values().length === 0
        ? []
        : [{ kind: 'journal', why: `${stage.journal.values().length} rows are left in the journal` }];
    if (record.closedAt !== undefined) {
      if (!deeds.begun.has('disconnect')) return [{ kind: 'lost', why: 'closed without anybody asking' }];
      if (stage.vault.saved.length > 0)
        left.push({ kind: 'left behind', why: 'token sets are left in the vault' });
      if (record.pointer !== undefined)
        left.push({ kind: 'left behind', why: 'the goodbye never came to its end' });
      return left;
    }
    const accepted = model.accepted();
    const token = record.pointer && refreshTokenAt(record.pointer);
    if (token === undefined)
      return [...left, { kind: 'lost', why: 'the pointer names nothing in the vault' }];
    if (accepted.length === 0) return [...left, { kind: 'lost', why: 'the provider has ended the chain' }];
    if (!accepted.includes(token)) {
      return [
        ...left,
        { kind: 'lost', why: `the pointer names ${token}, and the provider accepts ${accepted.join()}` },
      ];
    }
    if (needsConsent(record)) left.push({ kind: 'reconnect', why: 'told to reconnect without having to' });
    if (record.lease !== undefined && record.lease.until > stage.ports.clock.now()) {
      left.push({ kind: 'lease', why: 'the lease is still held' });
    }
    return left;
  };

  /** Why a loss is not the service's. */
  const outside = (): string | undefined => {
    if (heldUp) return 'a refresh that was long on its way was taken for theft';
    if (deeds.begun.has('consent') && !deeds.done.has('consent') && model.consents() > 0) {
      return 'the wearer consented, and was told that it did not work';
    }
    return undefined;
  };

  return {
    watch({ askedAt }) {
      if (model.endedByReuse() && !reused) {
        reused = true;
        heldUp = stage.now() - askedAt >= providerTimeoutMs;
      }
      const after = recordOf()?.pointer;
      if (after && after.secretVersion !== pointer?.secretVersion) broken ??= judgeMove(pointer, after);
      pointer = after;
      return broken === undefined;
    },
    verdict() {
      const violations = broken ? [broken] : judgeEnd();
      const lies = violations.length === 0 ? undefined : outside();
      return lies === undefined ? { violations } : { violations: [], outside: lies };
    },
    line: () => `${heldUp} ${[...deeds.begun].join()} ${[...deeds.done].join()}`,
  };
}
