/** What the Functions worker injects, as far as main.ts uses it. It is no package. */
declare module '@azure/functions-core' {
  export function log(
    level: 'error' | 'warning' | 'information' | 'debug',
    category: 'system',
    message: string,
  ): void;
}
