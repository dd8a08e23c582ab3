/**
 * The page at `/` of a simulator: its wearers with their batteries, and the switches that change their world. Every
 * switch is a plain form, which tests and drills can post as well.
 */
import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { asSwitch, type DocumentedFault } from './fault-table';
import { everyone, type Endpoint, type Fault, type Faults } from './faults';
import { pageHeaders, renderPage, type Markup } from './simulator-page';
import { addServiceView, createServiceView, serviceFrame, type ServiceView } from './service-view';
import type { Insight } from './simulator';
import type { DeviceReport, Wearer, Wearers } from './wearers';

export interface ControlPageOptions {
  readonly providerName: string;
  readonly documented: readonly DocumentedFault[];
  readonly wearers: Wearers;
  /** What the provider calls a wearer; empty for somebody who has no account there. */
  readonly userIdOf: (wearer: Wearer) => string;
  readonly faults: Faults;
  readonly insight: Insight;
  readonly serviceView?: ServiceView | undefined;
  /** Whether the client is left in publishing status Testing; absent where there is no such status. */
  readonly publishing?: { testing: boolean } | undefined;
}

/** Faults of the connection, offered beside the documented answers. Longer than any timeout of the service. */
const connectionFaults = {
  lost: { kind: 'lost' },
  dropped: { kind: 'dropped' },
  garbled: { kind: 'garbled' },
  slow: { kind: 'slow', ms: 30_000 },
  late: { kind: 'late', ms: 30_000 },
} as const;
const connectionKinds = Object.keys(connectionFaults) as readonly (keyof typeof connectionFaults)[];
const faultyEndpoints: readonly Endpoint[] = ['token', 'revoke', 'identity', 'devices', 'settings'];

const endpointLabels: Readonly<Record<Endpoint | 'any', string>> = {
  token: 'When tokens are asked for',
  revoke: 'When the access is given back',
  identity: 'When it is asked who the wearer is',
  devices: 'When the devices are read',
  settings: 'When the time zone is read',
  any: 'Everything',
};

/** Of the connection, not of an answer. */
const connectionLabels = {
  lost: 'The answer is lost on the way',
  dropped: 'The request is lost on the way',
  garbled: 'The answer arrives broken',
  slow: 'Answers after 30 seconds, and does it then',
  late: 'Does it at once, and answers after 30 seconds',
} as const;

export function addControlPage(app: Hono, options: ControlPageOptions) {
  const { providerName, documented, wearers, faults, insight, publishing } = options;
  const { serviceView = createServiceView() } = options;
  addServiceView(app, providerName, serviceView);
  app.get('/', (c) => {
    const body = html`${serviceFrame()} ${wearers.all().map((wearer) => wearerSection(wearer, options))}
      <section>
        <h2>Everyone</h2>
        ${trouble(everyone, options)}
      </section>
      ${publishing ? publishingSection(publishing) : ''}`;
    return c.html(renderPage({ title: 'Wearers', from: providerName, body }), 200, pageHeaders);
  });

  /** A form that changes something: applied, then back to the page; a mistake in it is said in plain text. */
  const onPost = (path: string, apply: (form: URLSearchParams) => void): void => {
    app.post(path, async (c: Context) => {
      const form = new URLSearchParams(await c.req.text());
      try {
        apply(form);
      } catch (error) {
        return c.text(error instanceof Error ? error.message : String(error), 400);
      }
      return c.redirect('/', 303);
    });
  };
  const field = (form: URLSearchParams, name: string): string => form.get(name) ?? '';
  const knownWearer = (form: URLSearchParams): string => {
    const id = field(form, 'wearer');
    if (id !== everyone && !wearers.get(id)) throw new Error(`There is no wearer "${id}"`);
    return id;
  };

  onPost('/simulator/battery', (form) =>
    wearers.setBattery(field(form, 'device'), { percent: percentIn(field(form, 'percent')) }),
  );
  onPost('/simulator/charge', (form) => wearers.charge(field(form, 'device')));
  onPost('/simulator/stop-syncing', (form) => wearers.stopSyncing(field(form, 'device')));
  onPost('/simulator/resume-syncing', (form) => wearers.resumeSyncing(field(form, 'device')));
  onPost('/simulator/revoke', (form) => insight.revokeGrant(knownWearer(form)));
  onPost('/simulator/fault', (form) =>
    faults.add(knownWearer(form), faultNamed(field(form, 'fault'), form.get('times') ?? '1', documented)),
  );
  onPost('/simulator/clear-faults', (form) => faults.clear(knownWearer(form)));
  if (publishing) {
    onPost('/simulator/publishing', (form) => {
      publishing.testing = field(form, 'status') === 'testing';
    });
  }
}

function publishingSection({ testing }: { readonly testing: boolean }): Markup {
  const [next, label] = testing
    ? ['production', 'Set it to In production']
    : ['testing', 'Set it to Testing: consents from now on end after seven days'];
  return html`<section>
    <h2>The client</h2>
    <p>Publishing status: ${testing ? 'Testing' : 'In production'}</p>
    ${button('/simulator/publishing', { status: next }, label)}
  </section>`;
}

function percentIn(text: string): number {
  const percent = Number(text);
  if (text === '' || !(percent >= 0 && percent <= 100)) throw new Error('A percent lies between 0 and 100');
  return percent;
}

/** `fitbit.token.invalid_grant`, or `lost.token` for a fault of the connection; no number is until cleared. */
function faultNamed(name: string, timesText: string, documented: readonly DocumentedFault[]): Fault {
  const times = timesText === '' ? Infinity : Number(timesText);
  const row = documented.find((each) => each.name === name);
  if (row) return asSwitch(row, times);
  const [kind = '', endpoint] = name.split('.');
  const effect = Object.entries(connectionFaults).find(([each]) => each === kind)?.[1];
  const known = faultyEndpoints.find((each) => each === endpoint);
  if (!effect || !known) throw new Error(`There is no fault "${name}"`);
  return { ...effect, endpoint: known, times };
}

function wearerSection(wearer: Wearer, options: ControlPageOptions): Markup {
  const { insight, userIdOf } = options;
  const { id, name } = wearer;
  const connected = insight.currentRefreshToken(id) !== undefined;
  return html`<section>
    <h2>${name}</h2>
    <p class="soft">
      ${userIdOf(wearer) || 'no account here'} · ${wearer.timeZone} ·
      ${connected ? 'connected' : 'not connected'} · refreshes: ${insight.refreshCount(id)} · live access
      tokens: ${insight.liveAccessTokens(id).length}
    </p>
    ${wearer.devices().map(deviceArticle)}
    <article>
      <h3>Trouble</h3>
      ${trouble(id, options)}
      ${connected ? button('/simulator/revoke', { wearer: id }, `Take ${name}'s consent away`) : ''}
    </article>
  </section>`;
}

function deviceArticle(device: DeviceReport): Markup {
  const { id, model, kind, batteryLevel, batteryWord, lastSyncAt, truth } = device;
  const reported = [
    batteryLevel === undefined ? 'no percent' : `${batteryLevel} %`,
    batteryWord ?? 'no word',
    lastSyncAt === undefined
      ? 'no sync time'
      : `synced ${new Date(lastSyncAt).toISOString().slice(0, 19).replace('T', ' at ')} UTC`,
  ].join(', ');
  const syncing = truth.syncing ? 'stop-syncing' : 'resume-syncing';
  return html`<article>
    <h3>${model}</h3>
    <p>
      <meter min="0" max="100" low="21" optimum="100" value="${truth.percent}">${truth.percent} %</meter>
      ${truth.percent} %
    </p>
    <p class="soft">${kind} ${id} reports ${reported}${truth.syncing ? '' : ', and is silent now'}</p>
    <form method="post" action="/simulator/battery">
      <input type="hidden" name="device" value="${id}" />
      <label>
        <span class="hidden">Battery of ${model} in percent</span>
        <input type="number" name="percent" min="0" max="100" required value="${truth.percent}" />
      </label>
      <button>Set</button>
      <button formaction="/simulator/charge" formnovalidate>Charge</button>
      <button formaction="/simulator/${syncing}" formnovalidate>
        ${truth.syncing ? 'Stop syncing' : 'Sync again'}
      </button>
    </form>
  </article>`;
}

const faultEndpoints: readonly (Endpoint | 'any')[] = ['any', 'token', 'devices', 'revoke'];

function trouble(wearerId: string, { documented, faults }: ControlPageOptions): Markup {
  return html`${pendingFaults(faults.pending(wearerId), wearerId, documented)}
  ${faultForm(wearerId, documented)}`;
}

function faultForm(wearerId: string, documented: readonly DocumentedFault[]): Markup {
  const groups = faultEndpoints
    .map((endpoint) => ({ endpoint, group: documented.filter((fault) => fault.endpoint === endpoint) }))
    .filter(({ group }) => group.length > 0);
  return html`<form method="post" action="/simulator/fault">
    <input type="hidden" name="wearer" value="${wearerId}" />
    <label class="wide">
      What goes wrong
      <select name="fault">
        ${groups.map(
          ({ endpoint, group }) =>
            html`<optgroup label="${endpointLabels[endpoint]}">
              ${group.map((fault) => html`<option value="${fault.name}">${labelOf(fault)}</option>`)}
            </optgroup>`,
        )}
        ${faultyEndpoints.map(
          (endpoint) =>
            html`<optgroup label="${endpointLabels[endpoint]}: the connection">
              ${connectionKinds.map(
                (kind) => html`<option value="${kind}.${endpoint}">${connectionLabels[kind]}</option>`,
              )}
            </optgroup>`,
        )}
      </select>
    </label>
    <label>
      How many times (empty: until cleared)
      <input type="number" name="times" min="1" value="1" />
    </label>
    <button>Switch on</button>
  </form>`;
}

function pendingFaults(
  pending: readonly Fault[],
  wearerId: string,
  documented: readonly DocumentedFault[],
): Markup {
  if (pending.length === 0) return html``;
  return html`<ul>
      ${pending.map(
        (fault) =>
          html`<li>
            ${endpointLabels[fault.endpoint]}: ${sayFault(fault, documented)},
            ${fault.times === Infinity ? 'until cleared' : `${fault.times} more`}
          </li>`,
      )}
    </ul>
    ${button('/simulator/clear-faults', { wearer: wearerId }, 'Clear the faults')}`;
}

/** In plain words, with the code that the provider gives. */
export function labelOf({ label, status, name }: Pick<DocumentedFault, 'label' | 'status' | 'name'>): string {
  return `${label} (${status} ${name.split('.')[2]})`;
}

function sayFault(fault: Fault, documented: readonly DocumentedFault[]): string {
  if (fault.kind !== 'answer') return connectionLabels[fault.kind];
  const row = documented.find(({ name }) => name === fault.name);
  return row ? labelOf(row) : `answers ${fault.status}`;
}

function button(action: string, fields: Readonly<Record<string, string>>, label: string): Markup {
  return html`<form method="post" action="${action}">
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button>${label}</button>
  </form>`;
}
