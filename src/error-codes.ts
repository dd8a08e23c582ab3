/**
 * The closed list of error codes, each with what it means. A code is API: it is documented, tested, logged and alerted on.
 *
 * The program needs only the names (errors.ts takes their types), so that a start reads none of this; the description of the
 * HTTP API reads it on first use.
 */

/** What an answer of a provider, or its absence, means. `docs/adding-a-provider.md` lists them by meaning. */
export const providerErrorCodes = {
  GRANT_REFUSED:
    'The refresh token or code is dead (`invalid_grant`), or a rule keeps the account from this client.',
  PROVIDER_RETIRED: 'The provider is switched off: 410.',
  CLIENT_REFUSED: 'Client id or secret wrong, or the client is deleted.',
  API_DISABLED: "The API is not enabled for the client's project.",
  PROJECT_NOT_ADMITTED: "The client's project is not let in to the API.",
  PROJECT_REFUSED:
    "The client's project is suspended, unknown, without billing, or not to be used by this client.",
  SCOPES_REFUSED:
    'The API takes no token with these scopes: an optional scope that it does not know, or that belongs to another API.',
  REQUEST_REFUSED: 'A bad request: our bug, or a setting that does not match the registration.',
  CONCURRENT_REFRESH: 'Another client refreshes the same token right now: 409.',
  RATE_LIMITED: 'The provider asks to wait.',
  PROVIDER_UNAVAILABLE:
    'A token request was certainly not applied: the connection never opened, or 503 with Retry-After. An API call got no good answer: whether it was applied is not known.',
  OUTCOME_UNKNOWN: 'Sent, and nobody knows what became of it.',
  ACCESS_TOKEN_REFUSED: '401 from the API: the access token is too old, unknown or revoked.',
  SCOPE_MISSING: 'The wearer has not granted what the call needs.',
  ACCESS_FORBIDDEN:
    '403 without a known reason, cured by reconnecting when it lasts for hours; or a rule keeps the client out of the account.',
  ACCOUNT_NOT_LINKED: 'The account has no profile at the provider yet.',
  ACCOUNT_NOT_MOVED: "The account still belongs to the provider's predecessor.",
  NOT_FOUND: 'The API does not know what was asked for.',
  ANSWER_UNREADABLE: 'An answer of the API that cannot be read, is too large, or repeats the token.',
} as const;

export const errorCodes = {
  ...providerErrorCodes,
  CONFIG_INVALID: 'A setting is malformed.',
  NOT_CONFIGURED: 'A setting or a secret is missing that this needs.',
  INPUT_INVALID: 'The request is not right; the sentence says what to send.',
  NOT_SIGNED_IN: 'A caller who has to sign in with Microsoft Entra has not, or the token has expired.',
  ROLE_MISSING: 'A caller who has signed in lacks the app role.',
  LENGTH_MISSING: 'A body whose length was not said: the host drops it before we see it.',
  CONNECTION_UNKNOWN: 'There is no such connection.',
  LABEL_TAKEN: 'Another connection has this label.',
  LINK_REPLACED: 'The personal link that somebody came by has been replaced meanwhile.',
  LIMIT_REACHED: 'A stranger has done something as often as the limits allow.',
  NOT_REVOKED: 'The provider could not be asked to revoke the grant, so nothing was deleted.',
  RECONNECT_REQUIRED: "The grant is dead for good: only the wearer's new consent helps.",
  NOT_SHARED: 'The wearer was not told that access is shared, or has ended that.',
  LEASE_HELD: 'Another worker is busy with this connection.',
  CONFLICT: 'Compare-and-swap lost: somebody else wrote first.',
  RECORD_UNREADABLE: 'A stored record has a shape that this version cannot read.',
  TABLE_UNAVAILABLE: 'The tables do not answer.',
  QUEUE_UNAVAILABLE: 'The queues do not answer.',
  VAULT_UNAVAILABLE: 'Key Vault does not answer.',
  VAULT_REFUSED:
    'The vault refuses the identity of the service: a role, a firewall rule or a good token is missing.',
  VAULT_MISSING: 'The settings do not name the vault that the tokens of this connection are in.',
  SECRET_DISABLED: 'The operator has disabled this secret.',
  SECRET_DELETED: 'The name belongs to a secret that is deleted or being deleted, and takes no new value.',
  DELETION_RUNNING: 'The vault has not finished deleting this secret, so that it cannot be purged yet.',
  VAULT_BEHIND: 'The vault holds an older token set than the record points at: a restored backup.',
  TOKEN_NOT_SAVED: 'A new token set could not be stored.',
  JOB_POISONED: 'A job failed as often as the queue allows.',
  UNEXPECTED: 'Something that this list does not foresee.',
} as const;
