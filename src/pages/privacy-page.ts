/** What is done with a wearer's data. Carriers and Google read this page too; docs/architecture.md is its source. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { contactLink, layout, linkTo, strong, type Frame, type Html } from './layout';
import { sayEither, sayMonth } from './say';

export interface PrivacyPage {
  /** Names. */
  readonly providers: readonly string[];
  readonly retention: {
    readonly readingsDays: number;
    readonly messagesDays: number;
    readonly proofYears: number;
    readonly stopYears: number;
  };
  /** The number that texts come from. */
  readonly sender?: string | undefined;
}

/** When the words of this page last changed what they mean. */
const changedAt = Date.UTC(2026, 10, 30);

export function privacyPage(frame: Frame, page: PrivacyPage): Html {
  const { title, yourProvider } = frame.words.privacy;
  const names = page.providers.length === 0 ? yourProvider : sayEither(frame.words, page.providers);
  return layout(
    frame,
    title,
    html`${read(frame, names)} ${kept(frame, page)} ${shared(frame)} ${texts(frame, page)}
    ${yours(frame, names)}`,
  );
}

function section(id: string, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}

function read({ serviceName, sharedWith, words }: Frame, names: string): Html {
  const says = words.privacy.read;
  return section(
    'read',
    says.title,
    html`<p>${says.watches(serviceName)}</p>
      <p>${says.reads(names)}</p>
      <ul>
        <li>${says.devices}</li>
        <li>${says.timeZone}</li>
        <li>${says.account}</li>
      </ul>
      <p>${sharedWith === undefined ? says.usedOnly : says.used} ${says.further}</p>
      <p>${says.fromYou}</p>`,
  );
}

function kept(
  { words }: Frame,
  { retention: { readingsDays, messagesDays, proofYears, stopYears } }: PrivacyPage,
): Html {
  const { title, azure, items, cookies } = words.privacy.kept;
  const { keys, number, devices, readings, messages, unfinished, consent, abuse, logs } = items;
  const item = ({ what }: { readonly what: string }, how: string) =>
    html`<dt>${what}</dt>
      <dd>${how}</dd>`;
  return section(
    'kept',
    title,
    html`<p>${azure}</p>
      <dl>
        ${item(keys, keys.how)} ${item(number, number.how)} ${item(devices, devices.how)}
        ${item(readings, readings.how(readingsDays))} ${item(messages, messages.how(messagesDays))}
        ${item(unfinished, unfinished.how)} ${item(consent, consent.how(proofYears))}
        ${item(abuse, abuse.how(stopYears))} ${item(logs, logs.how)}
      </dl>
      <p>${cookies(strong)}</p>`,
  );
}

const googlePolicies = {
  userData: 'https://developers.google.com/terms/api-services-user-data-policy',
  health: 'https://developers.google.com/health/policies/health-api-developer-user-data-policy',
};

function shared({ serviceName, sharedWith, words }: Frame): Html {
  const says = words.privacy.shared;
  const policy = (href: string) => (label: string) => html`<a href="${href}">${label}</a>`;
  return section(
    'shared',
    says.title,
    html`${sharedWith === undefined ? '' : html`<p>${says.with(strong(sharedWith))}</p>`}
      <p>${sharedWith === undefined ? says.nobody : says.nobodyElse} ${says.handledBy}</p>
      <p>${says.google(serviceName, policy(googlePolicies.userData), policy(googlePolicies.health))}</p>`,
  );
}

function texts({ serviceName, contact, words }: Frame, { sender }: PrivacyPage): Html {
  const says = words.privacy.texts;
  return section(
    'texts',
    says.title,
    html`<ul>
      <li>${says.onlyIfAsked(serviceName, sender)}</li>
      <li>${says.frequency}</li>
      <li>${contact === undefined ? says.replies : says.repliesOr(html`${contactLink(contact)}`)}</li>
      <li>${says.emails}</li>
      <li>${says.noCondition}</li>
      <li>${says.neverSold}</li>
    </ul>`,
  );
}

function yours(frame: Frame, names: string): Html {
  const { contact, words } = frame;
  const says = words.privacy.yours;
  return section(
    'yours',
    says.title,
    html`<p>${says.page(linkTo(frame, paths.link), names)}</p>
      <p>${says.else(html`${contact === undefined ? says.whoGaveAddress : contactLink(contact)}`)}</p>
      <p class="quiet">${says.changed(sayMonth(words, changedAt))}</p>`,
  );
}
