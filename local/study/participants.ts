/** Who takes part in the local study: everything about them follows from their number, so that two starts tell the same story. */
import type { WearerSpec } from '../simulators/wearers';

export type Story =
  'fine' | 'low' | 'silent' | 'revoked' | 'no number' | 'stopped' | 'number dead' | 'not delivered';

export interface Participant {
  readonly nth: number;
  readonly id: string;
  readonly label: string;
  readonly outsideId: string;
  readonly site: string;
  readonly story: Story;
  readonly phone: string | undefined;
  readonly spec: WearerSpec;
  readonly lastSyncAt: number;
  /** How long ago the provider began to refuse the tokens; 0 where it does not. */
  readonly refusedForMs: number;
  /** Percent at any time of the past, as far as it was synced. */
  levelAt(at: number): number;
}

const hourMs = 3_600_000;
const sites = ['Leeds', 'York', 'Hull', 'Bradford'];
const models = ['Charge 6', 'Inspire 3', 'Pixel Watch 4', 'Sense 2'];

/** Of two hundred; more of them are of the same kinds. */
const stories: readonly (readonly [Story, number])[] = [
  ['low', 12],
  ['silent', 9],
  ['revoked', 5],
  ['no number', 2],
  ['stopped', 1],
  ['number dead', 2],
  ['not delivered', 2],
];
const inOneLot = 200;

/** In an order in which nobody's neighbour has the same trouble. */
function storyOf(nth: number): Story {
  let place = (nth * 61) % inOneLot;
  for (const [story, count] of stories) {
    if (place < count) return story;
    place -= count;
  }
  return 'fine';
}

/** Area codes with the numbers that are kept for fiction, 555-0100 to 555-0199. */
const areas = [
  ...[201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228],
  ...[229, 231, 234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281, 301, 302],
  ...[303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323, 325, 330],
  ...[331, 334, 336, 337, 339, 346, 347, 351, 352, 360, 361, 385, 386, 401, 402, 404, 405, 406, 407, 408],
  ...[409, 410, 412, 413, 414, 415, 417, 419, 423, 424, 425, 430, 432, 434, 435, 440, 443, 458, 469, 470],
];

export function participantsAt(now: number, count: number): Participant[] {
  return Array.from({ length: count }, (_, index) => participant(index + 1, now));
}

/** Between 0 and 1, the same for the same number and purpose. */
function chance(nth: number, purpose: number): number {
  const x = Math.sin(nth * 12.9898 + purpose * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}

function participant(nth: number, now: number): Participant {
  const story = storyOf(nth);
  const number = String(nth).padStart(5, '0');
  const silentForMs = (49 + Math.floor(chance(nth, 1) * 200)) * hourMs;
  const refusedForMs = story === 'revoked' ? ((nth % 40) + 1) * hourMs : 0;
  const syncAgoMs =
    story === 'silent' ? silentForMs : refusedForMs + Math.floor(chance(nth, 2) * 50) * 60_000;
  // Whole seconds, as providers write them.
  const lastSyncAt = Math.floor((now - syncAgoMs) / 1_000) * 1_000;
  const percent = story === 'low' ? 3 + (nth % 16) : 38 + Math.floor(chance(nth, 3) * 60);
  const drainPerHour = 0.5 + chance(nth, 4) * 0.5;
  const chargesAt = 15 + Math.floor(chance(nth, 5) * 25);
  const fullAt = lastSyncAt - ((100 - percent) / drainPerHour) * hourMs;
  const cycleMs = ((100 - chargesAt) / drainPerHour) * hourMs;
  const phone = `+1${areas[Math.floor((nth - 1) / 100) % areas.length]}55501${String((nth - 1) % 100).padStart(2, '0')}`;
  return {
    nth,
    id: `study${number}`,
    label: `P-${number}`,
    outsideId: `RC-${String(1_000 + ((nth * 7_919) % 9_000))}-${nth}`,
    site: sites[nth % sites.length]!,
    story,
    phone: story === 'no number' ? undefined : phone,
    lastSyncAt,
    refusedForMs,
    levelAt(at) {
      const sinceFull = at >= fullAt ? at - fullAt : cycleMs - ((fullAt - at) % cycleMs);
      return Math.max(0, Math.min(100, Math.floor(100 - (sinceFull / hourMs) * drainPerHour + 1e-6)));
    },
    spec: {
      id: `study${number}`,
      name: `Participant ${number}`,
      timeZone: 'Europe/London',
      devices: [
        {
          id: `9${number}`,
          kind: 'TRACKER',
          model: models[nth % models.length]!,
          features: ['STEPS', 'HEART_RATE'],
          battery: { percent, since: lastSyncAt, drainPerHour },
          // A silent one does not sync again while anybody looks.
          syncEveryMs: story === 'silent' ? 90 * 24 * hourMs : 15 * 60_000,
        },
      ],
    },
  };
}
