/** What the personal page shows. */
import type { Language, Way, WearerHelp } from '../../model';
import type { ContactErrors } from '../contact-fields';
import type { DeviceCard } from './device-card';
import type { Words } from '../words/catalogue';

/** The party that can end it, and how. */
export type CheckHelp = WearerHelp | 'operator' | 'waiting';

export interface PreferencesShown {
  /** Text, where it is what somebody typed and cannot be saved. */
  readonly threshold: number | string;
  readonly criticalAt: number | string;
  readonly remindEveryHours: number;
  readonly tellRecovered: boolean;
  readonly quiet: boolean;
  /** As `HH:MM`. */
  readonly quietFrom: string;
  readonly quietTo: string;
  /** IANA name; empty for what the provider says. */
  readonly timeZone: string;
  readonly language: Language;
}

export interface PersonalPage {
  /** `/m/<link>`; every form of the page is sent there. */
  readonly path: string;
  /** Where this page is, for another browser. */
  readonly address: string;
  /** Goes along with the forms that end the link, so that one that is sent twice is known. */
  readonly mark: string;
  readonly provider: string;
  readonly headline: Headline;
  /** Checks fail: what helps, and since when it has been so. */
  readonly check?: { readonly help: CheckHelp; readonly since: number } | undefined;
  /** Where access is removed by hand, and where a profile is set up. */
  readonly revokeUrl?: string | undefined;
  readonly setUpUrl?: string | undefined;
  /** Where to reconnect; the first one is preselected. */
  readonly reconnectAt: readonly { readonly id: string; readonly name: string }[];
  readonly connectedSince: number;
  readonly checkedAt?: number | undefined;
  readonly now: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly timeZoneFrom: 'you' | 'provider' | 'default';
  /** All that can be chosen. */
  readonly timeZones: readonly string[];
  /** One of the two, masked, or none. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** How the wearer is written to; absent without an address. */
  readonly way?: Way | undefined;
  /** How wearers can be reached: what is set up. */
  readonly ways: readonly Way[];
  readonly texts: 'on' | 'paused' | 'none' | 'stopped' | 'dead' | 'not set up';
  /** The number or the name that texts come from. */
  readonly sender?: string | undefined;
  /** False where they come from a name. */
  readonly textsCanBeAnswered: boolean;
  readonly devices: readonly DeviceCard[];
  /** What holds, and what the form shows: that, or what somebody typed and cannot be saved. */
  readonly saved: PreferencesShown;
  readonly preferences: PreferencesShown;
  readonly historyDays: number;
  readonly missingScopes: readonly string[];
  /** With whom every page names. */
  readonly shared: boolean;
  /** What has just been done. */
  readonly notice?: keyof Words['personalPage']['notices'] | undefined;
  /** Where the wearer came from; said once, with the welcome. */
  readonly returnTo?: string | undefined;
  /** The wearer comes from the provider: for the first time, or again. */
  readonly welcome?: keyof Words['personalPage']['welcome']['titles'] | undefined;
  readonly errors: ContactErrors &
    Partial<
      Record<
        | 'threshold'
        | 'criticalAt'
        | 'remindEveryHours'
        | 'quietFrom'
        | 'quietTo'
        | 'timeZone'
        | 'language'
        | 'sure'
        | 'provider'
        /** The row of the device that was entered. */
        | 'deviceName',
        string
      >
    >;
  readonly entered?:
    | {
        readonly way?: Way | undefined;
        readonly phone?: string | undefined;
        readonly email?: string | undefined;
        /** The row of the device that a name was typed for. */
        readonly device?: string | undefined;
        readonly deviceName?: string | undefined;
      }
    | undefined;
}

/** The worst of what is so; `row` is that of the device that it is about. */
export type Headline =
  | { readonly kind: 'connect again' | 'provider retired' | 'cannot read' | 'not answering' }
  | { readonly kind: 'charge now' | 'charge today'; readonly row: string }
  | { readonly kind: 'silent'; readonly row: string; readonly since: number }
  | { readonly kind: 'number dead' | 'texts stopped' | 'texts paused' | 'no devices' | 'fine' };
