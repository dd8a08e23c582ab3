/** What a platform is told by webhook. */
import * as z from 'zod';
import { eventTypes } from '../event';
import { connection, listedDevice, provider, state } from './connection-answers';
import { time } from './shape';

export const webhook = z.object({
  type: z.enum(eventTypes),
  timestamp: time.describe(
    'When it happened. Order is not promised: of two that contradict each other, the later one is true.',
  ),
  data: z.object({
    connection,
    label: z.string().nullable().describe('What the operator or a platform calls it.'),
    outsideId: z.string().nullable().describe('The id of the wearer in another system; came with an invite.'),
    provider,
    state: state.optional(),
    device: listedDevice
      .pick({ model: true, percent: true, word: true, syncedAt: true })
      .optional()
      .describe('The device that an event about a battery is about.'),
  }),
});
