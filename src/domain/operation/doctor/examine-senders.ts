/** Looks at what sends texts and e-mails: whether it is set up, and would take one. */
import type { Settings } from '../../../model';
import type { Ports } from '../../../ports';
import { bad, good, say, unknown, waitForRoles, type Finding, type Said } from './say-finding';

export async function reachTexts({
  sms,
  policy,
}: Pick<Ports, 'sms'> & Pick<Settings, 'policy'>): Promise<Finding> {
  if (sms.missing.length > 0) {
    return say(
      'TEXTS',
      bad(
        `No text can be sent, because ${sms.missing.join(' and ')} is not set.`,
        'Get a number and set it: docs/deploying.md, "A number". Tokens are rotated without it.',
      ),
    );
  }
  if (policy.dryRun) {
    return say(
      'TEXTS',
      unknown('SMS_MODE is "log": texts are written to the log.', 'To send texts, set SMS_MODE to "send".'),
    );
  }
  const refused = policy.countries.filter((country) => !sms.canBeAnswered && withoutNames.has(country));
  if (refused.length > 0) {
    return say(
      'TEXTS',
      bad(
        `Texts come from a name, and carriers in ${refused.join(', ')} take texts from numbers only.`,
        'Set SMS_COUNTRIES to the countries of your wearers, without these, or SMS_FROM to a number.',
      ),
    );
  }
  return say('TEXTS', readReach(await sms.reach(), 'text'));
}

/** United States, Canada, Puerto Rico. */
const withoutNames: ReadonlySet<string> = new Set(['US', 'CA', 'PR']);

export async function reachMails({ email }: Pick<Ports, 'email'>): Promise<Finding> {
  if (email.missing.length > 0) {
    return say('MAILS', good('No e-mail is set up. Nothing needs one.'));
  }
  return say('MAILS', readReach(await email.reach(), 'mail'));
}

/** What Communication Services answers to whoever asks it to send to nobody. */
function readReach(status: number | undefined, what: 'text' | 'mail'): Said {
  if (status === undefined) {
    return bad(
      'Communication Services does not answer.',
      'Look at ACS_ENDPOINT and at the identity of the service.',
    );
  }
  if (status === 401 || status === 403) {
    return bad(
      `Communication Services does not let the service send a ${what} (${status}).`,
      `Give the identity of the service the role that "azd provision" assigns at the Communication Services resource. ${waitForRoles}`,
    );
  }
  if (status >= 500 || status === 404 || status === 429) {
    return bad(
      `Communication Services answers with ${status}.`,
      'Look at ACS_ENDPOINT, and try again in a few minutes.',
    );
  }
  return good(`Communication Services would take a ${what}. Delivery reports say whether one arrives.`);
}
