import { settings } from '../src/setting-table';

/** What a deployed service has unless its operator sets others. */
export const azureSchedules: Readonly<Record<string, string>> = Object.fromEntries(
  [...settings].flatMap(([name, { inAzure }]) =>
    name.endsWith('_SCHEDULE') && inAzure ? [[name, inAzure]] : [],
  ),
);
