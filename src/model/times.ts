/**
 * How long everything may take, and when it is done again. Provider timeout < lease <= first replay: docs/architecture.md,
 * "Times", says why each stands in this order to the others.
 */
export const defaultTimes = {
  providerTimeoutMs: 10_000,
  /** One attempt at Key Vault, Tables or a queue; the domain repeats by itself what must not be lost. */
  attemptMs: 5_000,
  leaseMs: 20_000,
  leaseRenewMs: 5_000,
  /** How soon a job that met a held lease looks again. */
  leaseRetryMs: 5_000,
  /** When a refresh that was begun is asked for again, should its worker have died. */
  replayMs: [20_000, 45_000, 70_000],
  /** When a job that met a passing failure comes back, by attempt. */
  retryMs: [20_000, 25_000, 25_000, 300_000, 1_800_000],
  /** For how long a new token set is offered to the vault that does not take it. */
  saveMs: 300_000,
  /** How soon before its expiry an access token is not handed out any more. */
  expiryMarginMs: 60_000,
  /** A refusal counts when it is still there after this time. */
  refusalRecheckMs: 15 * 60_000,
  /** A provider's 410 counts when it is still there after this time. */
  retirementConfirmMs: 3 * 3_600_000,
  /** How long a connection whose provider is switched off is still asked, once a day. */
  retiredMs: 30 * 24 * 3_600_000,
  /** Runs try a connection that has failed for this long only once a day. */
  failureBudgetMs: 3 * 24 * 3_600_000,
  /** For how long a published access token is good whenever somebody reads it, and how much earlier it is replaced. */
  publishedGoodMs: 30 * 60_000,
  publishLeadMs: 10 * 60_000,
  /** Within which time the jobs of a publication begin; less than the lead and the five minutes to the next one. */
  publishSpreadMs: 3 * 60_000,
  loginMs: 10 * 60_000,
  /** How long a form that is sent again ends as it did the first time, where that has ended what led to it. */
  sentAgainMs: 10 * 60_000,
  /** How long a texted code is good, and how long a number may stay unconfirmed. */
  codeMs: 10 * 60_000,
  confirmMs: 24 * 3_600_000,
  /** How long one attempt to send may take, after which time a claim is free for others, and how long a repeat is recognised. */
  smsSendMs: 10_000,
  smsClaimMs: 60_000,
  smsResendMs: 240_000,
  /** How old the last completed run, or a connection's last rotation, may be. */
  rotationOverdueMs: 7 * 3_600_000,
  batteryOverdueMs: 2 * 3_600_000,
  /** The longest time between two runs that follow one another, by their schedules. */
  rotationGapMs: 6 * 3_600_000,
  checkGapMs: 3_600_000,
  /** How long checks fail for the same reason before the wearer is told, where only the wearer can help. */
  checkToldMs: 6 * 3_600_000,
  /** How long texts may leave without any delivery report. */
  reportsOverdueMs: 24 * 3_600_000,
  /** How far apart the jobs of a run are, and within which time the last one has to begin: however many they are. */
  jobStepMs: 100,
  rotationSpreadMs: 4 * 3_600_000,
  checkSpreadMs: 45 * 60_000,
  /** How long an address may take to answer a webhook, and when the next attempt comes: for almost three days. */
  webhookTimeoutMs: 15_000,
  webhookRetryMs: [
    5_000,
    300_000,
    1_800_000,
    2 * 3_600_000,
    5 * 3_600_000,
    ...Array<number>(10).fill(6 * 3_600_000),
  ],
  /** How long one invocation works on something that concerns all connections; a job then goes on. */
  workMs: 240_000,
  /** How often everything that is kept is looked through for what is old. */
  sweepEveryMs: 20 * 3_600_000,
  /** For how long events that were given up are kept, battery readings, and messages and what is left of closed connections. */
  undeliveredMs: 30 * 24 * 3_600_000,
  readingsMs: 90 * 24 * 3_600_000,
  messagesMs: 365 * 24 * 3_600_000,
} as const;

/** The same by what `TIME_FACTOR` and the schedules make of them. */
export type Times = {
  readonly [Name in keyof typeof defaultTimes]: (typeof defaultTimes)[Name] extends number
    ? number
    : readonly number[];
};
