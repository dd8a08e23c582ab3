/** The settings and times that decisions depend on. */

/** What wearers may choose: percent at which a battery is low and critical (0: never), hours between reminders (0: none). */
export const choices = {
  threshold: { least: 5, most: 50 },
  criticalAt: { least: 0, most: 20 },
  remindEveryHours: [0, 6, 12, 24, 48],
} as const;

/**
 * How the service knows who calls what is not for wearers: not at all (`local`), by a function key that the platform has checked
 * (`key`), or by that and a Microsoft Entra sign-in (`entra`).
 */
export type CallerKind = 'local' | 'key' | 'entra';

/** App roles of Microsoft Entra: `operator` opens `ops/*`, `platform` opens `connections/*`. */
export const appRoles = ['operator', 'platform'] as const;
export type AppRole = (typeof appRoles)[number];

/** The settings that decisions depend on. */
export interface Policy {
  /** Percent at or below which a battery is low. */
  readonly batteryThreshold: number;
  readonly alertOnScales: boolean;
  /** What the service calls itself on pages and in texts. */
  readonly serviceName: string;
  /** Who else may use a wearer's access, once the wearer was told; nobody when absent. */
  readonly sharedWith?: string | undefined;
  /** ISO 3166 codes of the countries whose numbers may be texted; the first one is that of a number without a country code. */
  readonly countries: readonly string[];
  readonly limits: Limits;
  /** What nobody has just asked for on a page is written to the log instead of being sent. */
  readonly dryRun: boolean;
  readonly times: Times;
}

/** Texts per day (UTC); the first four are what a stranger can provoke. */
export interface Limits {
  readonly perNumber: number;
  readonly perClient: number;
  /** A number without its last four digits. */
  readonly perPrefix: number;
  readonly perDay: number;
  /** Texts about batteries to one wearer. */
  readonly perWearer: number;
  /** Texts of any kind, except those to the operator. */
  readonly budgetPerDay: number;
  readonly budgetPerMonth: number;
}

/** Provider timeout < lease <= first replay; see docs/architecture.md, "Times". */
export interface Times {
  readonly providerTimeoutMs: number;
  /** One attempt at Key Vault, Tables or a queue; the domain repeats by itself what must not be lost. */
  readonly attemptMs: number;
  readonly leaseMs: number;
  readonly leaseRenewMs: number;
  /** How soon a job that met a held lease looks again. */
  readonly leaseRetryMs: number;
  /** When a refresh that was begun is asked for again, should its worker have died. */
  readonly replayMs: readonly number[];
  /** When a job that met a passing failure comes back, by attempt. */
  readonly retryMs: readonly number[];
  /** For how long a new token set is offered to the vault that does not take it. */
  readonly saveMs: number;
  /** How soon before its expiry an access token is not handed out any more. */
  readonly expiryMarginMs: number;
  /** A refusal counts when it is still there after this time. */
  readonly refusalRecheckMs: number;
  /** A provider's 410 counts when it is still there after this time. */
  readonly retirementConfirmMs: number;
  /** How long a connection whose provider is switched off is still asked, once a day. */
  readonly retiredMs: number;
  /** A connection that has failed for this long is tried once a day only. */
  readonly failureBudgetMs: number;
  readonly loginMs: number;
  /** How long a texted code is good, and how long a number may stay unconfirmed. */
  readonly codeMs: number;
  readonly confirmMs: number;
  /** How long one attempt to send may take, and after which a claim is free for others. */
  readonly smsSendMs: number;
  readonly smsClaimMs: number;
  readonly smsResendMs: number;
  /** How old the last completed run, or a connection's last rotation, may be. */
  readonly rotationOverdueMs: number;
  readonly batteryOverdueMs: number;
  /** How long checks fail for the same reason before the wearer is told, where only the wearer can help. */
  readonly checkToldMs: number;
  /** How long texts may leave without any delivery report. */
  readonly reportsOverdueMs: number;
  /** How far apart the jobs of a run are, and within which time the last one has to begin: however many they are. */
  readonly jobStepMs: number;
  readonly rotationSpreadMs: number;
  readonly checkSpreadMs: number;
  /** How long one invocation works on something that concerns all connections; a job then goes on. */
  readonly workMs: number;
  /** How often everything that is kept is looked through for what is old. */
  readonly sweepEveryMs: number;
  /** For how long battery readings are kept, and messages and what is left of closed connections. */
  readonly readingsMs: number;
  readonly messagesMs: number;
}
