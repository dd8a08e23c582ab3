/** The servers that the service under the drill calls, and how each says no: what the real one would, for the real SDK to read. */

export const tableServer = 'table service';
export const queueServer = 'queue service';
export const vaultServer = 'Key Vault emulator';
export const providerServer = 'Fitbit simulator';
export const phoneServer = 'phone';

/** What they are to the service. */
export type Store = 'tables' | 'queue' | 'vault' | 'provider' | 'phone';

export const storeOf: Readonly<Record<string, Store>> = {
  [tableServer]: 'tables',
  [queueServer]: 'queue',
  [vaultServer]: 'vault',
  [providerServer]: 'provider',
  [phoneServer]: 'phone',
};

/** Of a call: before it is applied, or after it is applied and before it is answered. */
export type Phase = 'before' | 'after';

/** Before: too busy, nothing done. After: an internal error, which says nothing about what has been done. */
export function refusalOf(server: string, phase: Phase): Response {
  const status = phase === 'before' ? 503 : 500;
  const code = phase === 'before' ? 'ServerBusy' : 'InternalError';
  switch (server) {
    case tableServer:
      return json(status, {
        'odata.error': { code, message: { lang: 'en-US', value: 'The drill says no.' } },
      });
    case queueServer:
      return new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`, {
        status,
        headers: { 'content-type': 'application/xml', 'x-ms-error-code': code },
      });
    case vaultServer:
      return json(status, { error: { code, message: 'The drill says no.' } });
    default:
      return json(status, {
        success: false,
        errors: [{ errorType: 'system', message: 'The drill says no.' }],
      });
  }
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
