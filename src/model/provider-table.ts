/**
 * The providers: a row is what the service has to know of one before anybody asks it something. Every start reads this file, so it imports
 * nothing. Everything else is in the description, in src/providers/.
 */

/** Scopes whose names follow a rule. */
export interface ScopeRule {
  readonly known: Pick<RegExp, 'test'>;
  /** The whole name of a scope that an operator wrote shorter. */
  spellOut(name: string): string;
  /** Follows "names a scope that". */
  readonly unknown: string;
}

interface ProviderRow {
  /** As people call it. */
  readonly name: string;
  /** The scopes that may be asked for, the one for devices among them: all of them, or a rule. */
  readonly optionalScopes: readonly string[] | ScopeRule;
  /** Whether people sign in on a page of Google there. Google refuses the browsers of apps. */
  readonly signsInWithGoogle: boolean;
  /** The port of its simulator in the local world. */
  readonly simulatorPort: number;
}

export const googlePrefix = 'https://www.googleapis.com/auth/';
const signInScopes = ['openid', 'email', 'profile'];

/** The id of a provider makes the names of its settings and of its secret: `fitbit` has `FITBIT_CLIENT_ID` and `fitbit-client-secret`. */
const table = {
  'google-health': {
    name: 'Google Health',
    optionalScopes: {
      known:
        /^(openid|email|profile|https:\/\/www\.googleapis\.com\/auth\/(userinfo\.(email|profile)|googlehealth\.\w+\.(readonly|writeonly)))$/,
      /** Their last part is enough, with or without `googlehealth.` before it. */
      spellOut(name) {
        if (signInScopes.includes(name) || name.includes(':')) return name;
        const short = name.replace(/^googlehealth\./, '');
        return `${googlePrefix}${short.startsWith('userinfo.') ? short : `googlehealth.${short}`}`;
      },
      unknown:
        'is neither one of Google Health, such as googlehealth.sleep.readonly, nor openid, email or profile: with it Google refuses every call',
    },
    signsInWithGoogle: true,
    simulatorPort: 7181,
  },
  fitbit: {
    name: 'Fitbit',
    optionalScopes: [
      'activity cardio_fitness electrocardiogram heartrate irregular_rhythm_notifications location nutrition',
      'oxygen_saturation profile respiratory_rate settings sleep social temperature weight',
    ].flatMap((line) => line.split(' ')),
    signsInWithGoogle: true,
    simulatorPort: 7182,
  },
  withings: {
    name: 'Withings',
    optionalScopes: ['user.info', 'user.metrics', 'user.activity', 'user.sleepevents'],
    signsInWithGoogle: false,
    simulatorPort: 7185,
  },
} satisfies Readonly<Record<string, ProviderRow>>;

export type ProviderId = keyof typeof table;

export const providerTable: Readonly<Record<ProviderId, ProviderRow>> = table;

/** The first is the one that is offered first. */
export const providerIds = Object.keys(table) as readonly ProviderId[];

/** One of a kind for each provider. */
export function perProvider<T>(make: (id: ProviderId) => T): Record<ProviderId, T> {
  return Object.fromEntries(providerIds.map((id) => [id, make(id)])) as Record<ProviderId, T>;
}
