/** Every secret that a simulator has given out or taken, so that tests can look for them in logs and pages. */

export interface SecretLedger {
  note(...secrets: readonly (string | null | undefined)[]): void;
  all(): readonly string[];
}

export function createSecretLedger(): SecretLedger {
  const secrets = new Set<string>();
  return {
    note(...found) {
      // Shorter values are typing errors of a test, and would be found in any log.
      for (const secret of found) if (secret && secret.length >= 8) secrets.add(secret);
    },
    all: () => [...secrets],
  };
}
