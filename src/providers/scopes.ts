/** Optional scopes as an operator writes them, and which of them a provider takes. A wrong one would break every sign-up. */
import { z } from 'zod';

/** Names with spaces or commas between, quoted or not. */
const names = z.string().transform((text) => text.split(/[\s,;"'[\]]+/).filter(Boolean));

/** Google's scopes are addresses. Their last part is enough, with or without `googlehealth.` before it. */
const googlePrefix = 'https://www.googleapis.com/auth/';
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

export const googleHealthOptionalScopes = names
  .transform((all) => [...new Set(all.map(readGoogleScope))])
  .refine((all) => all.every(isGoogleScope), {
    error:
      'names a scope that is neither one of Google Health, such as googlehealth.sleep.readonly, nor openid, email or profile: with it Google refuses every call',
  });

export const fitbitOptionalScopes = names
  .transform((all) => [...new Set(all.map((name) => name.toLowerCase()))])
  .refine((all) => all.every((name) => fitbitScopes.includes(name)), {
    error: `names a scope that Fitbit does not know; it knows ${fitbitScopes.join(', ')}`,
  });
