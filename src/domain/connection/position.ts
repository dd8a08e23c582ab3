/** Token sets are ordered by (consent, generation); everything that must move forward only is compared here. */
import type { Position } from '../../model';

export function comparePositions(a: Position, b: Position): number {
  return a.consent - b.consent || a.generation - b.generation;
}

export function samePosition(a: Position | undefined, b: Position | undefined): boolean {
  return a !== undefined && b !== undefined && comparePositions(a, b) === 0;
}
