/** What `npm start` says once everything runs: where to click, what is real and what is simulated, and what will happen. */
import { providerIds, type ProviderId } from '../src/model';
import { nameOf } from './provider-names';
import { operator } from './people';
import type { Started } from './run-start';
import type { StartSettings } from './start-settings';

export function isSimulated({ real }: StartSettings): (id: ProviderId) => boolean {
  return (id) => !real.includes(id);
}

export function describeStart(
  { world, service, more }: Started,
  chosen: StartSettings,
  folder: string | undefined,
): string {
  const { settings, real, notes } = chosen;
  const simulated = providerIds.filter(isSimulated(chosen));
  const lines = [
    line('Phone (texts arrive here)', world.phone.url),
    line('Mailbox (e-mails)', `${world.phone.url}/mailbox`),
    line('Sign up', `${service.url}/signup`),
    ...providerIds.map((id) =>
      real.includes(id)
        ? line(nameOf(id), 'the real one, with your client')
        : line(
            `${nameOf(id)} simulator`,
            `${world.simulators[id].url}   (batteries, faults, what the service does about them)`,
          ),
    ),
    line('Key Vault emulator', `${world.keyVault.url}   (refusals; with a certificate of its own)`),
    ...Object.entries(more).map(([name, url]) => line(name, url)),
    line('Health', `${service.url}/api/health`),
    line('Kept in', folder === undefined ? 'memory only; npm start -- --keep keeps everything' : folder),
  ];
  const phone = settings['OPERATOR_PHONE'] ?? operator.phone;
  const address = settings['OPERATOR_EMAIL'] ?? operator.email;
  const paragraphs = [
    lines.join('\n'),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    ...(real.length > 0 ? [describeReal(chosen, settings['PUBLIC_URL'] ?? service.url)] : []),
    ...(simulated.length > 0 ? [describeSimulated(chosen)] : []),
    `Alarms arrive on the phone ${phone} and in the mailbox of ${address}. Ctrl-C ends everything.`,
  ];
  return `\n${paragraphs.join('\n\n')}\n`;
}

function line(name: string, what: string): string {
  return `  ${name.padEnd(28)}${what}`;
}

function describeReal({ real, settings }: StartSettings, origin: string): string {
  const names = real.map(nameOf).join(' and ');
  return `${names}: consents, tokens and readings are real. Register this redirect address there:
${origin}/api/oauth/callback
Tokens are rotated at ${settings['ROTATION_SCHEDULE']} and trackers are read at ${settings['BATTERY_SCHEDULE']} (NCRONTAB, UTC), and
nothing is shortened. Texts still go to the phone page only.`;
}

function describeSimulated({ real, settings }: StartSettings): string {
  const asIs = real.length > 0 || 'ROTATION_SCHEDULE' in settings || 'BATTERY_SCHEDULE' in settings;
  const beginning = 'Ada is connected now, unless somebody is connected already.';
  if (asIs) return `${beginning} Sign up yourself, as Grace.`;
  return `${beginning} Tokens are rotated every 20 s here (every six hours in Azure) and
trackers are read every 5 s (hourly in Azure). Ada's loses a percent every 5 s, so open the phone: a text is on its way. For the
next one, charge her Charge 6 on the simulator's page and set it to 22; or sign up yourself, as Grace. To see trouble, switch a
fault on there until cleared: what takes hours in Azure happens within a minute.`;
}
