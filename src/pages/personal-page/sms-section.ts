/** The part of the personal page about texts: whether, to which number, when, and in which language. */
import { html } from 'hono/html';
import { choices } from '../../model';
import { checkField, field, languageField, phoneField } from '../fields';
import type { Frame, Html } from '../layout';
import { textConsentField } from '../sign-up-page';
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
    <p>${saySettings(words, page)}</p>
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
    ${numberForms(frame, page)} ${settings(words, page)}
  </section>`;
}

export function sayTexts(words: Words, { texts, phone, sender }: PersonalPage): Html | string {
  const says = words.personalPage.texts;
  const number = phone === undefined ? html`${says.yourNumber}` : html`<strong>${phone}</strong>`;
  switch (texts) {
    case 'on':
      return says.on(number);
    case 'paused':
      return says.paused(number);
    case 'none':
      return says.none;
    case 'stopped':
      return says.stopped(number, sender === undefined ? undefined : html`<strong>${sender}</strong>`);
    case 'dead':
      return says.dead(number);
    case 'not set up':
      return says.notSetUp;
  }
}

function numberForms(frame: Frame, { path, texts, phone, errors, entered }: PersonalPage): Html | string {
  const says = frame.words.personalPage.texts;
  const known = texts !== 'none' && (phone !== undefined || texts !== 'not set up');
  const wrong = errors.phone !== undefined || errors.agree !== undefined;
  const change = html`<form method="post" action="${path}">
    ${phoneField({
      label: known ? says.newNumber : says.number,
      value: entered?.phone ?? '',
      error: errors.phone,
      hint: says.numberHint,
    })}
    ${textConsentField(frame, false, errors.agree)}
    <button name="action" value="number">${known ? says.change : says.add}</button>
  </form>`;
  const remove = html`<form method="post" action="${path}">
    <button class="danger" name="action" value="no-texts">${says.remove}</button>
  </form>`;
  // A number cannot be confirmed where no text can be sent.
  if (texts === 'not set up') return known ? remove : '';
  if (!known) return change;
  return html`<details ${wrong || texts === 'dead' ? html`open` : ''}>
    <summary>${says.changeNumber}</summary>
    ${change} ${remove}
  </details>`;
}

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
    <summary>${says.change}</summary>
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
