/** The part of the personal page about texts and e-mails: whether, to which address, when, and in which language. */
import { html } from 'hono/html';
import { choices } from '../../model';
import { contactFields, type ContactFields } from '../contact-fields';
import { checkField, field, languageField } from '../fields';
import type { Frame, Html } from '../layout';
import { sayZone } from '../when';
import { sayPercent } from '../say';
import type { PersonalPage } from './view';
import type { Words } from '../words/catalogue';

export function textsSection(frame: Frame, page: PersonalPage): Html {
  const { path, texts } = page;
  const { words } = frame;
  const says = words.personalPage.texts;
  return html`<section aria-labelledby="texts">
    <h2 id="texts">${says.title}</h2>
    <p>${sayTexts(words, page)}</p>
    ${texts === 'on' ? html`<p>${saySettings(words, page)}</p>` : ''}
    ${
      texts === 'on' || texts === 'paused'
        ? html`<form method="post" action="${path}" class="row">
            ${
              texts === 'on'
                ? html`<button class="second" name="action" value="pause">${says.pause}</button>`
                : html`<button name="action" value="resume">${says.resume}</button>`
            }
            <button class="second" name="action" value="test">${says.test}</button>
          </form>`
        : ''
    }
    ${startAgain(words, page)} ${addressForms(frame, page)} ${settings(words, page)}
  </section>`;
}

export function sayTexts(words: Words, { texts, phone, email, sender, ways }: PersonalPage): Html | string {
  const says = words.personalPage.texts;
  const known = phone ?? email;
  const number = known === undefined ? html`${says.yourNumber}` : html`<strong>${known}</strong>`;
  switch (texts) {
    case 'on':
      return says.on(number);
    case 'paused':
      return says.paused(number);
    case 'none':
      if (!ways.includes('email')) return says.none;
      return ways.includes('sms') ? words.byEmail.page.none : words.byEmail.page.noAddress;
    case 'stopped':
      return says.stopped(number, sender === undefined ? undefined : html`<strong>${sender}</strong>`);
    case 'dead':
      return says.dead(number);
    case 'not set up':
      return says.notSetUp;
  }
}

/** Whoever has this page is the owner of the address. A number that can answer texts has to say START itself. */
function startAgain(words: Words, { path, texts, email, textsCanBeAnswered }: PersonalPage): Html | string {
  if (texts !== 'stopped' || (email === undefined && textsCanBeAnswered)) return '';
  const again = email === undefined ? words.fromName.again : words.byEmail.page.again;
  return html`<form method="post" action="${path}">
    <button name="action" value="begin-again">${again}</button>
  </form>`;
}

/** An address is there, whether or not anything can be sent. */
export function isAddressKnown({ texts, phone, email }: PersonalPage): boolean {
  return texts !== 'none' && (phone !== undefined || email !== undefined || texts !== 'not set up');
}

export function askedContact(
  words: Words,
  page: PersonalPage,
): Pick<ContactFields, 'ways' | 'errors' | 'phone' | 'email'> {
  const { texts: says } = words.personalPage;
  const { newAddress, address, addressHint } = words.byEmail.page;
  const known = isAddressKnown(page);
  return {
    ways: page.ways,
    errors: page.errors,
    phone: { label: known ? says.newNumber : says.number, hint: says.numberHint },
    email: { label: known ? newAddress : address, hint: addressHint },
  };
}

function addressForms(frame: Frame, page: PersonalPage): Html | string {
  const { path, texts, errors, entered, ways } = page;
  const says = frame.words.personalPage.texts;
  const byMail = frame.words.byEmail.page;
  const known = isAddressKnown(page);
  const { phone, agree, email, agreeToMails } = errors;
  const isWrong = [phone, agree, email, agreeToMails].some((error) => error !== undefined);
  const changes = ways.length > 1 ? byMail.change : says.change;
  const adds = ways.length > 1 ? byMail.add : ways.includes('email') ? byMail.addAddress : says.add;
  // Nothing stays ticked: one agrees to what is sent from now on.
  const typed = { way: entered?.way ?? page.way, phone: entered?.phone ?? '', email: entered?.email };
  const change = html`<form method="post" action="${path}">
    ${contactFields(frame, { ...askedContact(frame.words, page), entered: { ...typed, agreed: false }, asksConsent: true })}
    <button name="action" value="number">${known ? changes : adds}</button>
  </form>`;
  // Where nobody can answer STOP, the texts say that this page ends them.
  const isInSight = page.way === 'sms' && !page.textsCanBeAnswered;
  const comes = texts === 'on' || texts === 'paused';
  const removes = isInSight && comes ? frame.words.fromName.removeAndEnd : says.remove;
  const remove = html`<form method="post" action="${path}">
    <button class="danger" name="action" value="no-texts">${removes}</button>
  </form>`;
  // An address cannot be confirmed where nothing can be sent.
  if (ways.length === 0) return known ? remove : '';
  if (!known) return change;
  return html`${isInSight ? remove : ''}
    <details ${isWrong || texts === 'dead' ? html`open` : ''}>
      <summary>${isInSight ? says.change : says.changeNumber}</summary>
      ${change} ${isInSight ? '' : remove}
    </details>`;
}

/** Only where alerts go: beside a reason why none does it would be untrue. */
function saySettings(words: Words, { saved, timeZone }: PersonalPage): string {
  const says = words.personalPage.settings;
  const { threshold, criticalAt, remindEveryHours, tellRecovered, quiet, quietFrom, quietTo } = saved;
  const percent = (level: number | string) => sayPercent(words, Number(level));
  const isCritical = Number(criticalAt) > 0 && Number(criticalAt) < Number(threshold);
  return [
    isCritical ? says.lowAndCritical(percent(threshold), percent(criticalAt)) : says.low(percent(threshold)),
    ...(remindEveryHours === 0 ? [] : [says.reminded(remindEveryHours)]),
    ...(tellRecovered ? [says.recovered] : []),
    ...(quiet ? [says.quiet(quietFrom, quietTo, sayZone(timeZone))] : []),
  ].join(' ');
}

/** In which order their errors are listed. */
export const settingNames = [
  'threshold',
  'criticalAt',
  'remindEveryHours',
  'quietFrom',
  'quietTo',
  'timeZone',
  'language',
] as const;

function settings(words: Words, page: PersonalPage): Html {
  const { path, preferences, errors } = page;
  const says = words.personalPage.settings;
  const { threshold, criticalAt } = choices;
  const { remindEveryHours, tellRecovered, quiet, quietFrom, quietTo } = preferences;
  const wrong = settingNames.some((name) => errors[name] !== undefined);
  const percent = (id: 'threshold' | 'criticalAt', label: string, hint: string) =>
    field(
      { id, label, hint, error: errors[id] },
      (attributes) =>
        html`<input
          type="number"
          ${attributes}
          value="${preferences[id]}"
          min="${choices[id].least}"
          max="${choices[id].most}"
          required
        />`,
    );
  const time = (id: 'quietFrom' | 'quietTo', label: string, value: string) =>
    field(
      { id, label, error: errors[id] },
      (attributes) => html`<input type="time" ${attributes} value="${value}" />`,
    );
  return html`<details ${wrong ? html`open` : ''}>
    <summary>${page.texts === 'on' ? says.change : says.changeUnsaid}</summary>
    <form method="post" action="${path}">
      ${percent('threshold', says.threshold, says.thresholdHint(threshold.least, threshold.most))}
      ${percent('criticalAt', says.criticalAt, says.criticalHint(criticalAt.most))}
      ${field(
        { id: 'remindEveryHours', label: says.remind, error: errors.remindEveryHours },
        (attributes) =>
          html`<select ${attributes}>
            ${choices.remindEveryHours.map((hours) =>
              option(
                `${hours}`,
                hours === 0 ? says.never : says.everyHours(hours),
                hours === remindEveryHours,
              ),
            )}
          </select>`,
      )}
      ${checkField({ id: 'tellRecovered', label: says.tellRecovered }, tellRecovered)}
      ${checkField({ id: 'quiet', label: says.quietHours, hint: says.quietHint }, quiet)}
      <div class="pair">
        ${time('quietFrom', says.quietFrom, quietFrom)} ${time('quietTo', says.quietTo, quietTo)}
      </div>
      ${timeZoneField(words, page)} ${languageField(words, preferences.language, errors.language)}
      <button name="action" value="settings">${says.save}</button>
    </form>
  </details>`;
}

function timeZoneField(
  words: Words,
  { provider, timeZone, timeZoneFrom, timeZones, preferences, errors }: PersonalPage,
): Html {
  const says = words.personalPage.settings;
  const chosen = preferences.timeZone;
  // A name that was good when it was chosen stays selectable, or saving something else would change it.
  const names = chosen === '' || timeZones.includes(chosen) ? timeZones : [chosen, ...timeZones];
  const now = sayZone(timeZone);
  const hint = {
    you: says.zoneYours(now),
    provider: says.zoneFrom(now, provider),
    default: says.zoneUsual(now, provider),
  };
  return field(
    { id: 'timeZone', label: says.timeZone, hint: hint[timeZoneFrom], error: errors.timeZone },
    (attributes) =>
      html`<select ${attributes}>
        ${option('', says.asProvider(provider), chosen === '')}
        ${names.map((name) => option(name, sayZone(name), name === chosen))}
      </select>`,
  );
}

function option(value: string, label: string, selected: boolean): Html {
  return html`<option value="${value}" ${selected ? html`selected` : ''}>${label}</option>`;
}
