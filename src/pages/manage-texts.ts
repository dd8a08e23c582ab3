/** The part of the personal page about texts: whether, when, and to which number. */
import { html } from 'hono/html';
import { choices } from '../model';
import { checkField, field, languageField, phoneField } from './fields';
import type { Frame, Html } from './layout';
import type { ManagePage } from './manage';
import { textConsentField } from './sign-up';
import { sayZone } from './when';

export function textsSection(frame: Frame, page: ManagePage): Html {
  const { path, texts } = page;
  return html`<section aria-labelledby="texts">
    <h2 id="texts">Texts</h2>
    <p>${sayState(page)}</p>
    ${
      texts === 'on' || texts === 'paused'
        ? html`<form method="post" action="${path}" class="row">
            ${
              texts === 'on'
                ? html`<button class="second" name="action" value="pause">Pause texts</button>`
                : html`<button name="action" value="resume">Resume texts</button>`
            }
            <button class="second" name="action" value="test">Send a test text</button>
          </form>`
        : ''
    }
    ${numberForms(frame, page)}
  </section>`;
}

function sayState({ texts, phone, sender }: ManagePage): Html | string {
  const number = phone === undefined ? 'your number' : html`<strong>${phone}</strong>`;
  switch (texts) {
    case 'on':
      return html`Texts go to ${number}.`;
    case 'paused':
      return html`Texts to ${number} are paused. Batteries are looked at all the same.`;
    case 'none':
      return 'You get no texts, because there is no number.';
    case 'stopped':
      return html`${number} has answered STOP, so it gets no texts. To get them again, text START to
      ${sender === undefined ? 'the number they came from' : html`<strong>${sender}</strong>`}.`;
    case 'dead':
      return html`${number} gets no texts, because phone companies say that there is no such number. Please
      enter your number again below, a new one or the same.`;
    case 'not set up':
      return 'Texts are not set up here yet.';
  }
}

function numberForms(frame: Frame, { path, texts, phone, errors, entered }: ManagePage): Html | string {
  const known = texts !== 'none' && (phone !== undefined || texts !== 'not set up');
  const wrong = errors.phone !== undefined || errors.agree !== undefined;
  const change = html`<form method="post" action="${path}">
    ${phoneField({
      label: known ? 'New mobile number' : 'Mobile number',
      value: entered?.phone ?? '',
      error: errors.phone,
      hint: 'With country code, such as +1 425 555 0123. A code is texted to it first.',
    })}
    ${textConsentField(frame, false, errors.agree)}
    <button name="action" value="number">${known ? 'Change the number' : 'Add this number'}</button>
  </form>`;
  const remove = html`<form method="post" action="${path}">
    <button class="danger" name="action" value="no-texts">Remove the number</button>
  </form>`;
  // A number cannot be confirmed where no text can be sent.
  if (texts === 'not set up') return known ? remove : '';
  if (!known) return change;
  return html`<details ${wrong || texts === 'dead' ? html`open` : ''}>
    <summary>Change or remove the number</summary>
    ${change} ${remove}
  </details>`;
}

export function settingsSection({ words }: Frame, { path, preferences, errors, ...page }: ManagePage): Html {
  const { threshold, criticalAt } = choices;
  const { remindEveryHours, tellRecovered, quiet, quietFrom, quietTo } = preferences;
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
  return html`<section aria-labelledby="settings">
    <h2 id="settings">When to text</h2>
    <form method="post" action="${path}">
      ${percent('threshold', 'Low at (percent)', `From ${threshold.least} to ${threshold.most}. One text when a battery gets there.`)}
      ${percent('criticalAt', 'Nearly empty at (percent)', `Up to ${criticalAt.most}, for a second text; 0 for none.`)}
      ${field(
        { id: 'remindEveryHours', label: 'Remind me until it is charged', error: errors.remindEveryHours },
        (attributes) =>
          html`<select ${attributes}>
            ${choices.remindEveryHours.map((hours) =>
              option(`${hours}`, hours === 0 ? 'Never' : `Every ${hours} hours`, hours === remindEveryHours),
            )}
          </select>`,
      )}
      ${checkField({ id: 'tellRecovered', label: 'Tell me when it is charged again' }, tellRecovered)}
      ${checkField(
        { id: 'quiet', label: 'Quiet hours', hint: 'A text about a battery then waits until they are over.' },
        quiet,
      )}
      <div class="pair">
        ${time('quietFrom', 'Quiet from', quietFrom)} ${time('quietTo', 'Quiet until', quietTo)}
      </div>
      ${timeZoneField({ ...page, preferences, errors })}
      ${languageField(words, preferences.language, errors.language)}
      <button name="action" value="settings">Save</button>
    </form>
  </section>`;
}

type ZonePage = Pick<
  ManagePage,
  'provider' | 'timeZone' | 'timeZoneFrom' | 'timeZones' | 'preferences' | 'errors'
>;

function timeZoneField({ provider, timeZone, timeZoneFrom, timeZones, preferences, errors }: ZonePage): Html {
  const chosen = preferences.timeZone;
  // A name that was good when it was chosen stays selectable, or saving something else would change it.
  const names = chosen === '' || timeZones.includes(chosen) ? timeZones : [chosen, ...timeZones];
  const now = sayZone(timeZone);
  const hint = {
    you: `Now ${now}, as you chose.`,
    provider: `Now ${now}, as ${provider} says.`,
    default: `${provider} has not said where you are, so ${now} is used.`,
  };
  return field(
    { id: 'timeZone', label: 'Time zone', hint: hint[timeZoneFrom], error: errors.timeZone },
    (attributes) =>
      html`<select ${attributes}>
        ${option('', `As ${provider} says`, chosen === '')}
        ${names.map((name) => option(name, sayZone(name), name === chosen))}
      </select>`,
  );
}

function option(value: string, label: string, selected: boolean): Html {
  return html`<option value="${value}" ${selected ? html`selected` : ''}>${label}</option>`;
}
