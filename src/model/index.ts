/**
 * The words of the project as types (docs/architecture.md, "Words"). The type of what is stored or queued is taken from its shape. Plain
 * data: times are milliseconds since 1970 (UTC), durations end in `Ms`, what must not be seen is a `Secret`.
 */
export * from './board';
export * from './connection';
export * from './device';
export * from './digest';
export * from './event';
export * from './ids';
export * from './job';
export * from './job-kinds';
export * from './message';
export * from './message-kinds';
export * from './operation';
export * from './policy';
export * from './provider-table';
export * from './times';
export * from './token-set';
export * from './wearer';
