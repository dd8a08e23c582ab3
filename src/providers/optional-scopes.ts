/**
 * Which scopes an operator may ask for besides the one for devices, per provider. They are checked when the settings are read, so they stand
 * apart from the descriptions, which a start does not read.
 */
import type { ProviderId } from '../model';

/** Google's scopes are addresses. Their last part is enough, with or without `googlehealth.` before it. */
export const googlePrefix = 'https://www.googleapis.com/auth/';
const identityScopes = ['openid', 'email', 'profile'];

function readGoogleScope(name: string): string {
  if (identityScopes.includes(name) || name.includes(':')) return name;
  const short = name.replace(/^googlehealth\./, '');
  return `${googlePrefix}${short.startsWith('userinfo.') ? short : `googlehealth.${short}`}`;
}

/** One scope of another API, and Google Health refuses every call of the token. */
function isGoogleScope(scope: string): boolean {
  if (identityScopes.includes(scope)) return true;
  return /^https:\/\/www\.googleapis\.com\/auth\/(userinfo\.(email|profile)|googlehealth\.\w+\.(readonly|writeonly))$/.test(
    scope,
  );
}

const fitbitScopes = [
  'activity cardio_fitness electrocardiogram heartrate irregular_rhythm_notifications location nutrition',
  'oxygen_saturation profile respiratory_rate settings sleep social temperature weight',
].flatMap((line) => line.split(' '));

const withingsScopes = ['user.info', 'user.metrics', 'user.activity', 'user.sleepevents'];

/**
 * Reads names as an operator writes them, with spaces or commas between, quoted or not, and refuses those that would break every sign-up.
 *
 * @throws SyntaxError which says what is wrong, and does not show the text
 */
export const readOptionalScopes: Readonly<Record<ProviderId, (text: string) => readonly string[]>> = {
  'google-health': (text) =>
    readNames(text, {
      read: readGoogleScope,
      isKnown: isGoogleScope,
      otherwise:
        'names a scope that is neither one of Google Health, such as googlehealth.sleep.readonly, nor openid, email or profile: with it Google refuses every call',
    }),
  fitbit: (text) => readListed(text, 'Fitbit', fitbitScopes),
  withings: (text) => readListed(text, 'Withings', withingsScopes),
};

function readListed(text: string, provider: string, known: readonly string[]): readonly string[] {
  return readNames(text, {
    read: (name) => name.toLowerCase(),
    isKnown: (scope) => known.includes(scope),
    otherwise: `names a scope that ${provider} does not know; it knows ${known.join(', ')}`,
  });
}

interface Reading {
  readonly read: (name: string) => string;
  readonly isKnown: (scope: string) => boolean;
  readonly otherwise: string;
}

function readNames(text: string, { read, isKnown, otherwise }: Reading): readonly string[] {
  const names = text.split(/[\s,;"'[\]]+/).filter(Boolean);
  const scopes = [...new Set(names.map(read))];
  if (!scopes.every(isKnown)) throw new SyntaxError(otherwise);
  return scopes;
}
