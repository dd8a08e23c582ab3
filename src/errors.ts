/**
 * The closed set of things that can go wrong. A code is API: it is documented, tested, logged and alerted on.
 * Messages are written here and at the throw, never taken from an answer, because answers hold tokens.
 */

/** What an answer of a provider, or its absence, means. `docs/adding-a-provider.md` lists them by meaning. */
export type ProviderErrorCode =
  /** The refresh token or code is dead: `invalid_grant`. */
  | 'GRANT_REFUSED'
  /** The provider is switched off: 410. */
  | 'PROVIDER_RETIRED'
  /** Client id or secret wrong, or the client is deleted. */
  | 'CLIENT_REFUSED'
  /** The API is not enabled for the client's project. */
  | 'API_DISABLED'
  /** The client's project is not let in to the API. */
  | 'PROJECT_NOT_ADMITTED'
  /** The client's project is suspended, unknown, without billing, or not to be used by this client. */
  | 'PROJECT_REFUSED'
  /** The API takes no token with these scopes: an optional scope that it does not know, or that belongs to another API. */
  | 'SCOPES_REFUSED'
  /** A bad request: our bug, or a setting that does not match the registration. */
  | 'REQUEST_REFUSED'
  /** Another client refreshes the same token right now: 409. */
  | 'CONCURRENT_REFRESH'
  | 'RATE_LIMITED'
  /**
   * A token request was certainly not applied: the connection never opened, or 503 with Retry-After. An API call got no good answer:
   * whether it was applied is not known.
   */
  | 'PROVIDER_UNAVAILABLE'
  /** Sent, and nobody knows what became of it. */
  | 'OUTCOME_UNKNOWN'
  /** 401 from the API: the access token is too old, unknown or revoked. */
  | 'ACCESS_TOKEN_REFUSED'
  | 'SCOPE_MISSING'
  /** 403 without a known reason; cured by reconnecting when it lasts for hours. */
  | 'ACCESS_FORBIDDEN'
  /** The account has no profile at the provider yet. */
  | 'ACCOUNT_NOT_LINKED'
  /** The account still belongs to the provider's predecessor. */
  | 'ACCOUNT_NOT_MOVED'
  | 'NOT_FOUND'
  /** An answer of the API that cannot be read, is too large, or repeats the token. */
  | 'ANSWER_UNREADABLE';

export type ErrorCode =
  | ProviderErrorCode
  | 'CONFIG_INVALID'
  | 'NOT_CONFIGURED'
  | 'INPUT_INVALID'
  /** A caller who has to sign in with Microsoft Entra has not, or the token has expired. */
  | 'NOT_SIGNED_IN'
  /** A caller who has signed in lacks the app role. */
  | 'ROLE_MISSING'
  /** A body whose length was not said: the host drops it before we see it. */
  | 'LENGTH_MISSING'
  | 'CONNECTION_UNKNOWN'
  /** Another connection has this label. */
  | 'LABEL_TAKEN'
  /** The personal link that somebody came by has been replaced meanwhile. */
  | 'LINK_REPLACED'
  /** A stranger has done something as often as the limits allow. */
  | 'LIMIT_REACHED'
  /** The provider could not be asked to revoke the grant, so nothing was deleted. */
  | 'NOT_REVOKED'
  /** The grant is dead for good: only the wearer's new consent helps. */
  | 'RECONNECT_REQUIRED'
  /** The wearer was not told that access is shared, or has ended that. */
  | 'NOT_SHARED'
  /** Another worker is busy with this connection. */
  | 'LEASE_HELD'
  /** Compare-and-swap lost: somebody else wrote first. */
  | 'CONFLICT'
  /** A stored record has a shape that this version cannot read. */
  | 'RECORD_UNREADABLE'
  | 'TABLE_UNAVAILABLE'
  | 'QUEUE_UNAVAILABLE'
  | 'VAULT_UNAVAILABLE'
  /** The vault refuses the identity of the service: a role, a firewall rule or a good token is missing. */
  | 'VAULT_REFUSED'
  /** The operator has disabled this secret. */
  | 'SECRET_DISABLED'
  /** The name belongs to a secret that is deleted or being deleted, and takes no new value. */
  | 'SECRET_DELETED'
  /** The vault has not finished deleting this secret, so that it cannot be purged yet. */
  | 'DELETION_RUNNING'
  /** The vault holds an older token set than the record points at: a restored backup. */
  | 'VAULT_BEHIND'
  | 'TOKEN_NOT_SAVED'
  /** A job failed as often as the queue allows. */
  | 'JOB_POISONED'
  | 'UNEXPECTED';

/** A failure that the caller has to deal with. One that nobody here can deal with is thrown as `AppError`. */
export interface Failure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Not before this time, by the provider's Retry-After. */
  readonly retryAt?: number | undefined;
}
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export function failure(code: ErrorCode, retryAt?: number): Failure {
  return { ok: false, code, ...(retryAt !== undefined && { retryAt }) };
}

const storeFailures: readonly ErrorCode[] = [
  'TABLE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
  'VAULT_UNAVAILABLE',
  'VAULT_REFUSED',
  'SECRET_DISABLED',
  'SECRET_DELETED',
  'DELETION_RUNNING',
];

/** Tables, queues or the vault did not do what they were asked. */
export function isStoreFailure(code: ErrorCode): boolean {
  return storeFailures.includes(code);
}

/** What the other side said, for the log: its status, and its own fixed word for the reason, never a sentence or a value. */
export interface AnswerGiven {
  readonly status?: number;
  readonly answer?: string;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly given: AnswerGiven;

  constructor(
    code: ErrorCode,
    message: string,
    { given = {}, ...options }: { cause?: unknown; given?: AnswerGiven } = {},
  ) {
    super(message, options);
    this.code = code;
    this.given = given;
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}

/** Where an error comes from: its name, and the places it went through, without its message. */
export function describeThrown(error: unknown): { readonly error: string; readonly stack: string } {
  const cause = error instanceof AppError && error.cause !== undefined ? error.cause : error;
  const { name, stack = '' } = cause instanceof Error ? cause : new Error();
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: name, stack: frames.slice(0, 8).join('\n') };
}

/** What a log line says about an error. Messages are left out: one of a library may hold anything. */
export function describeFailure(error: unknown): { readonly code: ErrorCode } & AnswerGiven {
  return error instanceof AppError ? { code: error.code, ...error.given } : { code: 'UNEXPECTED' };
}
