/** The documented faults of a provider as rows for `test.each`: the simulators and the tests share one list. */
import type { DocumentedFault } from '../../local/simulators/fault-table';
import { documentedFaults } from '../../local/simulators/documented-faults';
import type { ProviderId } from '../../src/model';
import type { HttpAnswer } from '../../src/ports';

/** Name, what the service has to make of it, the answer as the HTTP port hands it on. */
export function faultRows(
  provider: ProviderId,
  endpoint: 'token' | 'revoke' | 'devices',
): [string, DocumentedFault['means'], HttpAnswer][] {
  return documentedFaults
    .filter((fault) => fault.provider === provider && [endpoint, 'any'].includes(fault.endpoint))
    .map((fault) => [fault.name, fault.means, answerOf(fault)]);
}

function answerOf({ status, headers, body }: DocumentedFault): HttpAnswer {
  const text = body.replaceAll('{token}', 'the-token');
  return { answered: true, status, headers, body: parseJson(text), content: Buffer.from(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
