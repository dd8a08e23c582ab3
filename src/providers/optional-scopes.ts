/**
 * Which scopes an operator may ask for besides the one for devices. They are checked when the settings are read, so this stands apart from the
 * descriptions, which a start does not read.
 */
import { providerTable, type ProviderId, type ScopeRule } from '../model/provider-table';

/**
 * Reads names as an operator writes them, with spaces or commas between, quoted or not, and refuses those that would break every sign-up.
 *
 * @throws SyntaxError which says what is wrong, and does not show the text
 */
export function readOptionalScopes(id: ProviderId, text: string): readonly string[] {
  const { known, spellOut, unknown } = ruleOf(id);
  const names = text.split(/[\s,;"'[\]]+/).filter(Boolean);
  const scopes = [...new Set(names.map(spellOut))];
  if (!scopes.every((scope) => known.test(scope))) throw new SyntaxError(`names a scope that ${unknown}`);
  return scopes;
}

function ruleOf(id: ProviderId): ScopeRule {
  const { name, optionalScopes } = providerTable[id];
  if ('known' in optionalScopes) return optionalScopes;
  return {
    known: { test: (scope) => optionalScopes.includes(scope) },
    spellOut: (scope) => scope.toLowerCase(),
    unknown: `${name} does not know; it knows ${optionalScopes.join(', ')}`,
  };
}
