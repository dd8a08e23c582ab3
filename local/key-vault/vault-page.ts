/** The page at `/` of the emulator, where the real vault has none: switches refusals on and off. */
import { Hono } from 'hono';
import { html } from 'hono/html';
import { pageHeaders, renderPage } from '../simulators/simulator-page';
import {
  faultyCalls,
  vaultFaults,
  type FaultyCalls,
  type SwitchedOn,
  type VaultFault,
  type VaultFaults,
} from './vault-faults';

export function createControlPage(faults: VaultFaults): Hono {
  const app = new Hono();
  app.get('/', (c) =>
    c.html(renderPage({ title: 'Refusals', from: 'Key Vault', body: body(faults) }), 200, pageHeaders),
  );
  app.post('/faults', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const [fault, calls] = [form.get('fault') ?? '', form.get('calls') ?? ''];
    const times = form.get('times') ? Number(form.get('times')) : Infinity;
    if (!isKey<VaultFault>(vaultFaults, fault)) return c.text(`There is no fault "${fault}"`, 400);
    if (!isKey<FaultyCalls>(faultyCalls, calls)) return c.text(`There are no calls "${calls}"`, 400);
    if (!(times > 0)) return c.text('A fault happens at least once', 400);
    faults.switchOn(fault, calls, times);
    return c.redirect('/', 303);
  });
  app.post('/faults/clear', (c) => {
    faults.clear();
    return c.redirect('/', 303);
  });
  return app;
}

function isKey<T extends string>(of: object, name: string): name is T {
  return Object.hasOwn(of, name);
}

function body(faults: VaultFaults) {
  return html`<section>
    <h2>Switch on</h2>
    <form method="post" action="/faults">
      <select name="fault" aria-label="Refusal">
        ${Object.entries(vaultFaults).map(
          ([name, { status }]) => html`<option value="${name}">${status} ${name}</option>`,
        )}
      </select>
      <select name="calls" aria-label="Which calls">
        ${Object.keys(faultyCalls).map((name) => html`<option value="${name}">${name}</option>`)}
      </select>
      <label>
        <span class="hidden">How many times; empty until cleared</span>
        <input type="number" name="times" min="1" placeholder="∞" />
      </label>
      <button>Switch on</button>
    </form>
    ${pending(faults.pending())}
  </section>`;
}

function pending(on: readonly SwitchedOn[]) {
  if (on.length === 0) return html``;
  return html`<ul>
      ${on.map(
        ({ fault, calls, times }) =>
          html`<li>${fault} (${calls}), ${times === Infinity ? 'until cleared' : `${times} more`}</li>`,
      )}
    </ul>
    <form method="post" action="/faults/clear"><button>Clear</button></form>`;
}
