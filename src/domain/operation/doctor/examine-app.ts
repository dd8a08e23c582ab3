/** Looks at the app itself: its schedules, its clock, who may call it, its address, and the alarms that are on. */
import type { Settings } from '../../../model';
import { paths } from '../../../paths';
import type { Ports } from '../../../ports';
import { answerGiven } from '../readiness';
import type { ConsentPage } from './examine-providers';
import { bad, good, say, unknown, type Finding } from './say-finding';

const dayMs = 24 * 3_600_000;

export function compareSchedules({ policy }: Pick<Settings, 'policy'>): Finding {
  const { rotationGapMs, checkGapMs } = policy.times;
  if (rotationGapMs > dayMs) {
    return say(
      'SCHEDULES',
      bad(
        `Tokens are rotated only every ${inWords(rotationGapMs)}. A failed rotation would be tried again too late to keep an access token or a grant alive.`,
        'Set ROTATION_SCHEDULE to at least once a day; every six hours is usual: 0 0 */6 * * *.',
      ),
    );
  }
  if (checkGapMs > dayMs / 2) {
    return say(
      'SCHEDULES',
      bad(
        `Batteries are read only every ${inWords(checkGapMs)}. A tracker can run flat between two readings.`,
        'Set BATTERY_SCHEDULE to at least twice a day; every hour is usual: 0 0 * * * *.',
      ),
    );
  }
  return say(
    'SCHEDULES',
    good(
      `Tokens are rotated at least every ${inWords(rotationGapMs)}, batteries are read at least every ${inWords(checkGapMs)}.`,
    ),
  );
}

const units = [
  ['days', dayMs],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

/** In the largest unit of which there are two. */
function inWords(ms: number): string {
  const [name, unitMs] = units.find(([, each]) => ms >= 2 * each) ?? units[3];
  return `${Math.round(ms / unitMs)} ${name}`;
}

const mostSkewMs = 60_000;

/** By the clock of a provider: signatures, leases and expiries depend on it. */
export async function compareClocks(
  { clock }: Pick<Ports, 'clock'>,
  page: ConsentPage | undefined,
): Promise<Finding> {
  const noClock = unknown('There was no clock to compare with.', 'Try again in a few minutes.');
  if (!page) return say('CLOCK', noClock);
  const { name } = page.provider;
  const answer = await page.answering;
  const date = answer.answered ? Date.parse(answer.headers['date'] ?? '') : NaN;
  if (Number.isNaN(date)) return say('CLOCK', noClock);
  const skewMs = clock.now() - date;
  if (Math.abs(skewMs) <= mostSkewMs)
    return say('CLOCK', good(`The clock agrees with that of ${name} to the minute.`));
  return say(
    'CLOCK',
    bad(
      `The clock is ${Math.round(Math.abs(skewMs) / 1_000)} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${name}.`,
      'Set the clock of this machine. In Azure, report it to Microsoft.',
    ),
  );
}

export function lookAtSignIn({ callers, staffSignIn }: Pick<Settings, 'callers' | 'staffSignIn'>): Finding {
  switch (callers) {
    case 'local':
      return say(
        'SIGN_IN',
        good("This is a developer's machine: nobody is asked for a key, and a link opens the board."),
      );
    case 'key':
      return say(
        'SIGN_IN',
        unknown(
          'Function keys are enough for ops/* and connections/*, and the board is closed.',
          'For the board, set up Microsoft Entra sign-in: docs/deploying.md.',
        ),
      );
    case 'entra':
      return staffSignIn === 'off'
        ? say(
            'SIGN_IN',
            bad(
              'ENTRA_CLIENT_ID is set, but App Service authentication is off.',
              'Switch it on again: "azd provision" does.',
            ),
          )
        : say('SIGN_IN', good('App Service authentication signs callers and staff in.'));
  }
}

export async function openOwnAddress({
  http,
  publicUrl,
  policy,
}: Pick<Ports, 'http'> & Pick<Settings, 'policy' | 'publicUrl'>): Promise<Finding> {
  const answer = await http({
    method: 'GET',
    url: publicUrl + paths.health,
    timeoutMs: policy.times.providerTimeoutMs,
  });
  if (!answer.answered) {
    return say(
      'ADDRESS',
      unknown(
        `Nothing answers at ${publicUrl}, as far as the service itself can see.`,
        'Open it in a browser. If it does not open, look at PUBLIC_URL and at the domain.',
      ),
    );
  }
  if ((answer.body as { status?: unknown } | null | undefined)?.status === 'up') {
    return say('ADDRESS', good(`This service answers at ${publicUrl}.`));
  }
  return say(
    'ADDRESS',
    bad(
      `Something else than this service answers at ${publicUrl} (${answer.status}).`,
      'Set PUBLIC_URL to the address under which people reach this service.',
    ),
  );
}

export async function listAlarms({ tables }: Pick<Ports, 'tables'>): Promise<Finding> {
  const names: string[] = [];
  try {
    for await (const { value } of tables.alarms.list()) {
      if (value.endedAt === undefined) names.push(value.name);
    }
  } catch (error) {
    return say(
      'ALARMS',
      unknown(`The alarms cannot be read (${answerGiven(error).said || 'no answer'}).`, 'See TABLES.'),
    );
  }
  if (names.length === 0) return say('ALARMS', good('No alarm is on.'));
  return say(
    'ALARMS',
    bad(
      `Alarms are on: ${names.join(', ')}.`,
      'docs/operations.md, "Alarms", says what each means and what to do.',
    ),
  );
}
