/** The form that a wearer begins with. */
import { html } from 'hono/html';
import { layout, type Html } from './layout';

export interface SignUpPage {
  readonly phone: string;
  readonly error?: string;
  readonly providers: readonly { readonly id: string; readonly name: string; readonly chosen: boolean }[];
  readonly textsPossible: boolean;
}

export function signUpPage({ phone, error, providers, textsPossible }: SignUpPage): Html {
  const describedBy = error === undefined ? 'phone-hint' : 'phone-error phone-hint';
  return layout(
    'Connect your tracker',
    html`<h1>Connect your tracker</h1>
      <p>
        Connect your account once. From then on this service keeps the connection alive and sends you a text
        before your tracker runs flat. It reads your devices and their battery levels, nothing else, unless
        the next page asks for more.
      </p>
      <form method="post" action="/api/signup">
        ${providerChoice(providers)}
        <div class="field">
          <label for="phone">Mobile number for texts</label>
          <input
            type="tel"
            id="phone"
            name="phone"
            value="${phone}"
            autocomplete="tel"
            maxlength="40"
            aria-describedby="${describedBy}"
            ${error === undefined ? '' : html`aria-invalid="true"`}
          />
          ${error === undefined ? '' : html`<p class="error" id="phone-error" role="alert">${error}</p>`}
          <p class="quiet hint" id="phone-hint">
            With country code, such as +1 425 555 0123. Leave it empty if you want no texts.
          </p>
          ${
            textsPossible
              ? ''
              : html`<p class="quiet hint">
                  Texts are not set up yet here. Your number is kept, and texts begin once they are.
                </p>`
          }
        </div>
        <button>Continue</button>
      </form>`,
  );
}

function providerChoice(providers: SignUpPage['providers']): Html | string {
  if (providers.length < 2) return '';
  const anyChosen = providers.some(({ chosen }) => chosen);
  return html`<fieldset>
    <legend>Your account is with</legend>
    ${providers.map(
      ({ id, name, chosen }, index) =>
        html`<label>
          <input
            type="radio"
            name="provider"
            value="${id}"
            ${chosen || (!anyChosen && index === 0) ? html`checked` : ''}
          />${name}
        </label>`,
    )}
  </fieldset>`;
}

export function notConfiguredPage({ missing }: { missing: readonly string[] }): Html {
  return layout(
    'Not set up yet',
    html`<h1>Not set up yet</h1>
      <p>Nobody can sign up yet, because the operator of this service still has to provide:</p>
      <ul>
        ${missing.map((name) => html`<li><code>${name}</code></li>`)}
      </ul>`,
  );
}
