/** Who lives in the local world: one who is connected by itself, and one for you to sign up as. */
import type { WearerSpec } from './simulators/wearers';

/** Connected without anybody clicking, by `npm start` and the demo. The number is one of the fictitious ones. */
export const ada = { id: 'ada', phone: '+14255550123' } as const;

/** Where alarms arrive on the phone page. */
/** Who gets the morning digest. */
export const coordinator = { email: 'coordinator@example.com' } as const;

export const operator = { phone: '+14255550100', email: 'operator@example.com' } as const;

/** A tracker loses a percent every five seconds, so that a day passes while you look. */
export const drainWhileYouLook = 720;

/**
 * @param now in epoch milliseconds
 * @param drainPerHour what trackers lose, in percent; without it a battery changes only when it is set, however long a test takes
 */
export function people(now: number, drainPerHour = 0): WearerSpec[] {
  return [
    {
      id: ada.id,
      name: 'Ada',
      timeZone: 'Europe/London',
      devices: [
        {
          id: '2233445566',
          kind: 'TRACKER',
          model: 'Charge 6',
          features: ['STEPS', 'HEART_RATE'],
          battery: { percent: 22, since: now, drainPerHour },
          syncEveryMs: 1_000,
        },
        {
          id: '7788990011',
          kind: 'SCALE',
          model: 'Aria Air',
          battery: { percent: 15, since: now, drainPerHour: 0 },
          omit: ['batteryLevel'],
        },
      ],
    },
    {
      id: 'grace',
      name: 'Grace',
      timeZone: 'America/New_York',
      devices: [
        {
          id: '3344556677',
          kind: 'TRACKER',
          model: 'Pixel Watch 4',
          battery: { percent: 60, since: now, drainPerHour },
          syncEveryMs: 1_000,
        },
      ],
    },
  ];
}
