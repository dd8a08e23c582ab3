/** "Get my link again": whoever has the address gets the links, and whoever asks learns nothing about it. */
import type { Address, LinkJob } from '../../model';
import type { Ports } from '../../ports';
import { addressOf } from '../contact/address-of';
import { macOfAddress } from '../contact/keyed-values';
import { mayAsk, mayAskForLink, mayTextWearer } from '../messages/limits';
import { linkVersionOf } from '../contact/personal-link';
import { connectionsOf } from '../contact/addresses';
import { tellNow } from '../messages/outbox';
import type { AlarmNeeds, TextNeeds } from '../messages/record-message';

/** The same work and the same answer for every address: only the job finds out. */
export async function requestLinks(
  ports: AlarmNeeds & Pick<Ports, 'keyedHash'>,
  address: Address,
  client: string | undefined,
): Promise<'requested' | 'limited'> {
  if (!(await mayAsk(ports, client)) || !(await mayAskForLink(ports, client))) return 'limited';
  const number = await macOfAddress(ports, address);
  await ports.queues.enqueue({ kind: 'send-links', number, request: ports.random.id(), client });
  return 'requested';
}

/** One text for each account of the address, as a parent may have several. */
export async function runLinkJob(ports: TextNeeds, { number, request, client }: LinkJob): Promise<void> {
  for (const connection of await connectionsOf(ports, number)) {
    if (!(await mayTextWearer(ports, 'link', addressOf(connection)!, client))) return;
    await tellNow(ports, connection, {
      kind: 'link',
      cause: [request],
      facts: { linkVersion: linkVersionOf(connection) },
    });
  }
}
