/** What has to hold after every test of a use case, whatever it was about. */
import { secretsIn } from './revealed';
import type { TestWorld } from './world';

/** No token, code, client secret, number or e-mail address in an address, a header or the log; every scripted reply was asked for. */
export function expectDiscreet({ email, http, log, sms, tables, vault }: TestWorld): void {
  const secrets = secretsIn([
    http.requests,
    vault.saved,
    [...vault.secrets.values()],
    sms.sent,
    email.sent,
    tables.connections.values(),
  ]);
  const requests = http.requests.map(({ url, headers }) => ({ url, headers }));
  const seen = JSON.stringify([...requests, ...log.entries]);
  const leaks = secrets.filter((secret) => seen.includes(secret));
  expect(leaks).toEqual([]);
  expect(http.unused()).toBe(0);
}
