/** A wearer's personal page: batteries, texts, settings, and the end of it. Who has its link may do all of this. */
import { html } from 'hono/html';
import type { Language, WearerHelp } from '../model';
import { paths } from '../paths';
import { missingScopesNote } from './callback';
import { deviceCard, type DeviceCard } from './device-card';
import { checkField, providerChoice, sharingField } from './fields';
import { contactLink, layout, type Errors, type Frame, type Html } from './layout';
import { settingsSection, textsSection } from './manage-texts';
import { problemPage } from './problem';
import { sayDate, sayTime, sayZone } from './when';

/** Who can end it, and how. */
export type CheckHelp = WearerHelp | 'operator' | 'waiting';

export interface ManagePage {
  /** `/m/<link>`; every form of the page is sent there. */
  readonly path: string;
  readonly provider: string;
  readonly state: 'connected' | 'failing' | 'check failing' | 'reconnect required' | 'provider retired';
  /** With the state `check failing`: what helps, and since when it has been so. */
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
  /** Masked. */
  readonly phone?: string | undefined;
  readonly texts: 'on' | 'paused' | 'none' | 'stopped' | 'dead' | 'not set up';
  /** The number that texts come from. */
  readonly sender?: string | undefined;
  readonly devices: readonly DeviceCard[];
  readonly preferences: {
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
  };
  readonly historyDays: number;
  readonly missingScopes: readonly string[];
  /** With whom every page names. */
  readonly shared: boolean;
  /** What has just been done. */
  readonly notice?: string | undefined;
  readonly errors: Partial<
    Record<
      | 'threshold'
      | 'criticalAt'
      | 'remindEveryHours'
      | 'quietFrom'
      | 'quietTo'
      | 'timeZone'
      | 'language'
      | 'phone'
      | 'agree'
      | 'sure'
      | 'provider'
      /** Of the device that was entered. */
      | 'deviceName',
      string
    >
  >;
  readonly entered?:
    | {
        readonly phone?: string | undefined;
        /** The row of the device that a name was typed for. */
        readonly device?: string | undefined;
        readonly deviceName?: string | undefined;
      }
    | undefined;
}

export function managePage(frame: Frame, page: ManagePage): Html {
  const { notice, missingScopes } = page;
  const help = page.state === 'check failing' ? page.check?.help : undefined;
  const urgent =
    page.state === 'reconnect required' ||
    page.state === 'provider retired' ||
    help === 'permission' ||
    help === 'access';
  return layout(
    frame,
    'Your batteries and texts',
    html`${notice === undefined ? '' : html`<section class="notice" role="status"><p>${notice}</p></section>`}
      <section class="${urgent ? 'bad' : ''}" aria-labelledby="connection">
        <h2 id="connection">Connection</h2>
        <p>${sayState(page)}</p>
        ${helpLink(help, page)} ${missingScopesNote(missingScopes)} ${sharing(frame, page)}
        ${reconnect(frame, page, urgent)}
      </section>
      ${devicesSection(page)} ${textsSection(frame, page)} ${settingsSection(frame, page)}
      ${linkSection(page)} ${disconnectSection(page)}`,
    { errors: inOrder(page), linkAgain: false },
  );
}

function inOrder({ errors, texts, devices, entered }: ManagePage): Errors {
  const { provider, deviceName, phone, agree, sure, ...settings } = errors;
  const named = devices.findIndex(({ row }) => row === entered?.device);
  const name = named < 0 ? {} : { [`name-${named}`]: deviceName };
  return { provider, ...name, ...(texts === 'not set up' ? {} : { phone, agree }), ...settings, sure };
}

function sayState({ state, provider, connectedSince, checkedAt, now, timeZone, check }: ManagePage): string {
  const looked = checkedAt === undefined ? 'not yet' : sayTime(checkedAt, now, timeZone);
  switch (state) {
    case 'connected':
      return `All is well: connected to ${provider} since ${sayDate(connectedSince, timeZone)}. Batteries last looked at: ${looked}.`;
    case 'failing':
      return `Connected, but ${provider} has not answered lately. It is tried again by itself; you need not do anything. Batteries last looked at: ${looked}.`;
    case 'check failing':
      return `${sayCheck(check?.help ?? 'waiting', provider)} ${
        check === undefined ? '' : `It has been so since ${sayTime(check.since, now, timeZone)}. `
      }Batteries last looked at: ${looked}.`;
    case 'reconnect required':
      return `${provider} has ended the connection, so your batteries are not watched. Please reconnect; your number and settings stay. Batteries last looked at: ${looked}.`;
    case 'provider retired':
      return `${provider} has been switched off, so your batteries are not watched. Please reconnect elsewhere; your number and settings stay.`;
  }
}

function sayCheck(help: CheckHelp, provider: string): string {
  switch (help) {
    case 'permission':
      return `${provider} no longer lets us see your devices, because that permission is missing. Please reconnect and leave its box ticked.`;
    case 'profile':
      return `Your account has no ${provider} profile, so your batteries cannot be read. Please set it up, in the app of your tracker or at the link below; after that it works by itself.`;
    case 'move':
      return `${provider} cannot read your Fitbit account, because it was never moved to Google. Please move it in the app of your tracker; after that it works by itself.`;
    case 'access':
      return `${provider} refuses to show us your devices. Please remove the access of this service at the link below, then reconnect here.`;
    case 'operator':
      return `${provider} refuses this service, so your batteries cannot be read. You need not do anything: the operator has to mend it.`;
    case 'waiting':
      return `Your batteries could not be read lately. We keep trying; you need not do anything.`;
  }
}

function helpLink(help: CheckHelp | undefined, { revokeUrl, setUpUrl }: ManagePage): Html | string {
  const link = help === 'access' ? revokeUrl : help === 'profile' || help === 'move' ? setUpUrl : undefined;
  return link === undefined ? '' : html`<p>${contactLink(link)}</p>`;
}

function sharing({ sharedWith }: Frame, { path, shared }: ManagePage): Html | string {
  if (!shared) return '';
  return html`<p>Your access is shared with <strong>${sharedWith}</strong>.</p>
    <form method="post" action="${path}" class="row">
      <button class="second" name="action" value="end-sharing">End the sharing</button>
    </form>`;
}

function reconnect(
  frame: Frame,
  { path, reconnectAt, errors, shared }: ManagePage,
  urgent: boolean,
): Html | string {
  const [first] = reconnectAt;
  if (!first) {
    const sorry = urgent ? html`<p>There is no provider to reconnect with just now.</p>` : '';
    return html`${providerChoice([], '', errors.provider)}${sorry}`;
  }
  const choices = reconnectAt.map((choice) => ({ ...choice, chosen: choice === first }));
  const single = reconnectAt.length === 1;
  const form = html`<form method="post" action="${path}">
    ${single ? html`<input type="hidden" name="provider" value="${first.id}" />` : ''}
    ${providerChoice(choices, 'Reconnect with', errors.provider)} ${sharingField(frame)}
    ${
      frame.sharedWith === undefined || shared
        ? ''
        : html`<p>
            With that, your access is shared with <strong>${frame.sharedWith}</strong>: what the permissions
            on the next page allow, they can do as well. You can end that here.
          </p>`
    }
    <button ${urgent ? '' : html`class="second"`} name="action" value="reconnect">
      ${single ? `Reconnect with ${first.name}` : 'Reconnect'}
    </button>
  </form>`;
  if (urgent) return form;
  return html`<details ${errors.provider === undefined ? '' : html`open`}>
    <summary>Reconnect</summary>
    <p>You need this only after you have changed permissions or to move to another provider.</p>
    ${form}
  </details>`;
}

function devicesSection({ devices, ...page }: ManagePage): Html {
  return html`<section aria-labelledby="devices">
    <h2 id="devices">Devices</h2>
    ${
      devices.length === 0
        ? html`<p>No devices yet. They are looked for every hour; one has to be paired with your account.</p>`
        : html`<p class="quiet">Times are those of ${sayZone(page.timeZone)}.</p>`
    }
    ${devices.map((device, index) =>
      deviceCard(device, index, {
        ...page,
        naming:
          page.entered?.device === device.row
            ? { typed: page.entered.deviceName, error: page.errors.deviceName }
            : {},
      }),
    )}
  </section>`;
}

function linkSection({ path }: ManagePage): Html {
  return html`<section aria-labelledby="link">
    <h2 id="link">This page and your data</h2>
    <p>Whoever has the link to this page can do all of this. Has somebody else seen it? Then replace it.</p>
    <form method="post" action="${path}">
      <button class="second" name="action" value="new-link">
        Make this link worthless and get a new one
      </button>
    </form>
    <p><a href="${path}/export">Export what is stored about you</a>, as a file for other programs.</p>
  </section>`;
}

function disconnectSection({ path, provider, errors }: ManagePage): Html {
  return html`<section aria-labelledby="end">
    <h2 id="end">End it</h2>
    <details ${errors.sure === undefined ? '' : html`open`}>
      <summary>Disconnect and delete</summary>
      <p>
        The access to your ${provider} account is given back, and your number, settings, devices and battery
        history are deleted. This cannot be undone, but you can sign up again.
      </p>
      <form method="post" action="${path}">
        ${checkField({ id: 'sure', label: 'Yes, disconnect and delete', error: errors.sure }, false)}
        <button class="danger" name="action" value="disconnect">Disconnect</button>
      </form>
    </details>
  </section>`;
}

export interface DisconnectedPage {
  readonly provider: string;
  /** The provider has confirmed that the access is gone. */
  readonly revoked: boolean;
  /** Nothing personal is left but what the vault may hold. Otherwise it is being deleted. */
  readonly erased: boolean;
  /** What the vault still holds of the tokens, and until when. */
  readonly left: 'nothing' | 'being deleted' | { readonly goneAt: number };
  /** Where access is removed by hand. */
  readonly revokeUrl: string;
}

export function disconnectedPage(frame: Frame, page: DisconnectedPage): Html {
  const { provider, revoked, erased, revokeUrl } = page;
  return layout(
    frame,
    'You are disconnected',
    html`<section>
      <p>Your batteries are not watched any more. ${sayWhatIsLeft(page)}</p>
      ${
        revoked
          ? html`<p>${provider} has confirmed that the access to your account is gone.</p>`
          : html`<p>
              ${provider} has not ${erased ? '' : 'yet '}confirmed that the access to your account is gone. To
              be sure, remove it there: ${contactLink(revokeUrl)}
            </p>`
      }
      <p><a href="${paths.signUp}">Sign up again</a></p>
    </section>`,
    { linkAgain: false },
  );
}

function sayWhatIsLeft({ provider, erased, left }: DisconnectedPage): string {
  if (!erased) return 'What is stored about you is being deleted, which usually takes some minutes.';
  if (left === 'nothing') return 'What was stored about you is deleted.';
  const rest =
    left === 'being deleted'
      ? 'they are deleted too, and the vault that held them forgets them for good within minutes'
      : `an encrypted copy stays in the vault that held them, kept against accidents, and is deleted for good on ${sayDate(left.goneAt, 'UTC')} at the latest`;
  return `What was stored about you is deleted, except for the keys to your ${provider} account: ${rest}.`;
}

export function linkUnknownPage(frame: Frame): Html {
  return problemPage(frame, {
    title: 'This link is not valid any more',
    sentence: 'It was replaced by a new one, is incomplete, or its connection has ended.',
    back: { href: paths.link, label: 'Get my link again' },
    otherWay: { href: paths.signUp, label: 'Sign up' },
  });
}
