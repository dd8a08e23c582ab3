/** What runs with nobody waiting: one file, so that a start need not read it and the first job reads no pages. */
export * from './event-grid';
export * from './jobs';
export * from './timers';
