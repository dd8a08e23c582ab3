/** Parts of forms. A field's id is its name unless it has one, and its hint and its error are tied to it. */
import { html } from 'hono/html';
import { languages, type Language } from '../model';
import type { Frame, Html } from './layout';
import { wordsIn } from './words';
import type { Words } from './words/catalogue';

export interface Field {
  readonly id: string;
  readonly name?: string | undefined;
  readonly label: string;
  readonly hint?: string | Html | undefined;
  readonly error?: string | undefined;
}

/** `control` gets the attributes that its element must carry. */
export function field(
  { id, name, label, hint, error }: Field,
  control: (attributes: Html) => Html,
  below: Html | '' = '',
): Html {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${errorText(id, error)} ${control(attributesOf({ id, name, hint, error }))}
    ${hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${hint}</p>`} ${below}
  </div>`;
}

/** A box that sends `yes` when it is ticked. */
export function checkField({ id, label, hint, error }: Field, checked: boolean): Html {
  return html`<div class="field">
    ${errorText(id, error)}
    <label class="check">
      <input
        type="checkbox"
        value="yes"
        ${attributesOf({ id, hint, error })}
        ${checked ? html`checked` : ''}
      />
      <span>${label}</span>
    </label>
    ${hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

export function phoneField(phone: {
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}): Html {
  return field(
    { id: 'phone', ...phone },
    (attributes) =>
      html`<input type="tel" ${attributes} value="${phone.value}" autocomplete="tel" maxlength="40" />`,
  );
}

/** The browser does not check it: where only one of two fields is shown, a mistake in the hidden one would keep the form from being sent. */
export function emailField(email: {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly error?: string | undefined;
}): Html {
  return field(
    { id: 'email', ...email },
    (attributes) =>
      html`<input
        type="text"
        ${attributes}
        value="${email.value}"
        inputmode="email"
        autocomplete="email"
        autocapitalize="none"
        spellcheck="false"
        maxlength="254"
      />`,
  );
}

/** The form carries what the page said about sharing, because only that counts as told. */
export function sharingField({ sharedWith }: Frame): Html | string {
  return sharedWith === undefined ? '' : html`<input type="hidden" name="shared" value="${sharedWith}" />`;
}

/** The languages of texts and pages, each named in itself. */
export function languageField(words: Words, chosen: Language, error?: string): Html {
  return field(
    { id: 'language', label: words.fields.language, error },
    (attributes) =>
      html`<select ${attributes}>
        ${languages.map(
          (language) =>
            html`<option value="${language}" lang="${language}" ${language === chosen ? html`selected` : ''}>
              ${wordsIn(language).name}
            </option>`,
        )}
      </select>`,
  );
}

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly chosen: boolean;
}

/** Radio buttons named `provider`. One provider is no question, but what is wrong with it is said all the same. */
export function providerChoice(providers: readonly Choice[], legend: string, error?: string): Html | string {
  if (providers.length < 2)
    return error === undefined ? '' : html`<p class="error" id="provider">${error}</p>`;
  return radioChoice('provider', providers, legend, { error });
}

/** Radio buttons; the first of them has the name of all as its id. */
export function radioChoice(
  name: string,
  choices: readonly Choice[],
  legend: string,
  /** `isPlain`: they say by themselves what they are about, and the legend is only read out. */
  { error, isPlain = false }: { readonly error?: string | undefined; readonly isPlain?: boolean } = {},
): Html {
  const chosen = Math.max(
    choices.findIndex((choice) => choice.chosen),
    0,
  );
  const tied = error === undefined ? '' : html`aria-invalid="true" aria-describedby="${name}-error"`;
  return html`<fieldset role="radiogroup" ${tied}>
    <legend ${isPlain ? html`class="unseen"` : ''}>${legend}</legend>
    ${errorText(name, error)}
    <div class="choices">
      ${choices.map(
        ({ id, name: label }, index) =>
          html`<label class="check">
            <input
              type="radio"
              name="${name}"
              value="${id}"
              ${index === 0 ? html`id="${name}"` : ''}
              ${index === chosen ? html`checked` : ''}
            />
            <span>${label}</span>
          </label>`,
      )}
    </div>
  </fieldset>`;
}

function attributesOf({ id, name = id, hint, error }: Omit<Field, 'label'>): Html {
  const ids = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ];
  return html`id="${id}" name="${name}" ${ids.length === 0 ? '' : html`aria-describedby="${ids.join(' ')}"`}
  ${error === undefined ? '' : html`aria-invalid="true"`}`;
}

function errorText(id: string, error: string | undefined): Html | string {
  return error === undefined ? '' : html`<p class="error" id="${id}-error">${error}</p>`;
}
