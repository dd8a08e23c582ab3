/** What is done with a wearer's data. Carriers and Google read this page too; docs/architecture.md is its source. */
import { html } from 'hono/html';
import { paths } from '../paths';
import { contactLink, layout, type Frame, type Html } from './layout';

export interface PrivacyPage {
  /** Names. */
  readonly providers: readonly string[];
  readonly retention: { readonly readingsDays: number; readonly messagesDays: number };
  /** The number that texts come from. */
  readonly sender?: string | undefined;
}

export function privacyPage(frame: Frame, page: PrivacyPage): Html {
  const names = page.providers.length === 0 ? 'your provider' : page.providers.join(' or ');
  return layout(
    frame,
    'Privacy and text terms',
    html`${what(frame, names)} ${kept(page)} ${shared(frame)} ${texts(frame, page)} ${yours(frame, names)}`,
  );
}

function what({ serviceName, sharedWith }: Frame, names: string): Html {
  return html`<section aria-labelledby="read">
    <h2 id="read">What is read, and what for</h2>
    <p>${serviceName} watches the batteries of your trackers and texts you before one runs flat.</p>
    <p>With your permission it reads from ${names}:</p>
    <ul>
      <li>your paired devices: model, kind, battery level, time of the last sync;</li>
      <li>your time zone, so that quiet hours are yours;</li>
      <li>the id of your account there, so that signing up twice makes one connection.</li>
    </ul>
    <p>
      That is used to keep the connection alive and to text
      you${sharedWith === undefined ? ', and for nothing else' : ''}. If the consent page asks for further
      permissions, the operator has added them; this service reads nothing with them.
    </p>
    <p>From you it has, if you want texts, your mobile number, your agreement to texts, and your settings.</p>
  </section>`;
}

function kept({ retention: { readingsDays, messagesDays } }: PrivacyPage): Html {
  return html`<section aria-labelledby="kept">
    <h2 id="kept">What is kept, where, and for how long</h2>
    <p>
      All of it is in the Microsoft Azure account of whoever runs this service, encrypted at rest and on its
      way.
    </p>
    <dl>
      <dt>The keys to your account (access and refresh token), with its id</dt>
      <dd>
        In Azure Key Vault, until you disconnect. The vault then keeps a recoverable encrypted copy for at
        most 90 days and deletes it permanently. If the vault does not answer, they wait in Azure Tables,
        encrypted, until it does; an access token of the last hours can also be there, encrypted in the same
        way. A hash of the id stands there to find your connection again.
      </dd>
      <dt>Your number, your agreement to texts, settings, time zone</dt>
      <dd>In Azure Tables, until you remove them or disconnect.</dd>
      <dt>Your devices and their last battery level</dt>
      <dd>In Azure Tables, until you disconnect.</dd>
      <dt>Battery readings, for the history and the forecast</dt>
      <dd>In Azure Tables, for ${readingsDays} days at most.</dd>
      <dt>Texts: what was said, when, whether it was sent</dt>
      <dd>In Azure Tables, for ${messagesDays} days at most.</dd>
      <dt>A sign-up that was not finished</dt>
      <dd>
        Not usable after ten minutes, or after 24 hours if only the number was not confirmed; then deleted.
      </dd>
      <dt>Protection against abuse</dt>
      <dd>
        How often texts were asked for on a day, and that a number has answered STOP. Numbers and network
        addresses stand there only as keyed hashes, which do not tell them. STOP is remembered for as long as
        it counts, even after you disconnect.
      </dd>
      <dt>Technical logs</dt>
      <dd>They name connections by random ids, and hold no numbers, device names or tokens.</dd>
    </dl>
    <p>
      <strong>Cookies:</strong> two, both strictly necessary. One ties your sign-up to your browser while you
      are at the provider, the other does so while you enter the code from a text. There is no advertising, no
      analytics, no script, and nothing is loaded from elsewhere.
    </p>
  </section>`;
}

function shared({ serviceName, sharedWith }: Frame): Html {
  return html`<section aria-labelledby="shared">
    <h2 id="shared">Who else gets it</h2>
    ${
      sharedWith === undefined
        ? ''
        : html`<p>
            <strong>${sharedWith}</strong> can use your access, if you were told so when you connected: what
            the permissions of the consent page allow, they can read, and change where those say so. They get
            no number, no text and no refresh token from here. What they do with the rest, they have to tell
            you. You can end that on your personal page.
          </p>`
    }
    <p>
      Nobody buys it, and it is not shared${sharedWith === undefined ? '' : ' otherwise'}. Only those without
      whom it cannot work handle it: Microsoft Azure, where it is stored and from where texts are sent, and
      the phone companies that deliver them. Nobody reads it, except the operator when you ask for help, or
      when security or the law requires it. It is not used for advertising, credit or insurance, nor to train
      artificial intelligence.
    </p>
    <p>
      ${serviceName}'s use and transfer to any other app of information received from Google APIs will adhere
      to the
      <a href="https://developers.google.com/terms/api-services-user-data-policy"
        >Google API Services User Data Policy</a
      >, including the Limited Use requirements, and to the
      <a href="https://developers.google.com/health/policies/health-api-developer-user-data-policy"
        >Google Health API Developer and User Data Policy</a
      >.
    </p>
  </section>`;
}

function texts({ serviceName, contact }: Frame, { sender }: PrivacyPage): Html {
  return html`<section aria-labelledby="texts">
    <h2 id="texts">Text terms</h2>
    <ul>
      <li>
        ${serviceName} texts you${sender === undefined ? '' : html` from ${sender}`} only if you have asked
        for it: low-battery and connection alerts about your device, and sign-up codes.
      </li>
      <li>Message frequency varies, usually 2 to 10 a month. Message and data rates may apply.</li>
      <li>
        Reply STOP to end, START to begin again, HELP for
        help${contact === undefined ? '' : html`, or ask ${contactLink(contact)}`}.
      </li>
      <li>
        Consent is not a condition of using this service. Carriers are not liable for delayed or lost texts.
      </li>
      <li>
        Mobile numbers and your agreement to texts are never sold, and never shared with third parties or
        affiliates for marketing or promotion.
      </li>
    </ul>
  </section>`;
}

function yours({ contact }: Frame, names: string): Html {
  return html`<section aria-labelledby="yours">
    <h2 id="yours">See, change, take along, end</h2>
    <p>
      On your personal page you see what is stored, export it, change it, remove your number, or disconnect:
      then the access to your account is given back and everything named above as ending there is deleted. If
      the link to your page is lost, <a href="${paths.link}">get it again</a>. You can also remove the access
      at ${names}, in your account's settings there.
    </p>
    <p>
      For anything else, such as a correction or a complaint:
      ${contact === undefined ? 'ask whoever gave you the address of this service' : contactLink(contact)}.
    </p>
    <p class="quiet">Last changed in November 2026.</p>
  </section>`;
}
