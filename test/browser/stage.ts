/**
 * What all browser tests share: one local world, one service that is driven by hand, one Chromium. It keeps every page
 * that was ever answered, for audit.ts, and everything that a browser complained about.
 */
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startService, type Service } from '../../local/service';
import type { Call, Tap } from '../../local/serve';
import type { WearerSpec } from '../../local/simulators/wearers';
import { startWorld, type World } from '../../local/world';
import { perProvider } from '../../src/model';
import { settingNamesOf } from '../../src/providers/settings';
import { launchChromium } from './chromium';

export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;

/** Somebody with a tracker and a phone. */
export interface Person {
  /** At the simulators. */
  readonly id: string;
  /** On the consent page. */
  readonly name: string;
  readonly phone: string;
  /** Id of the tracker. */
  readonly tracker: string;
}

export interface SeenPage {
  readonly title: string;
  readonly from: 'service' | 'provider' | 'phone';
  readonly html: string;
}

export interface Stage {
  readonly world: World;
  readonly service: Service;
  /** How large browsers are from now on, unless said otherwise. */
  resize(size: keyof typeof sizes): void;
  /** A browser of its own, without scripts. */
  open(options?: BrowserContextOptions): Promise<Page>;
  newPerson(more?: Partial<WearerSpec>): Person;
  /** For the service and the simulators; the browser keeps its own time. */
  advance(ms: number): void;
  now(): number;
  /** The next time a provider sends a browser back, it does not get through; the address is what comes out. */
  holdCallback(): Promise<string>;
  /** Communication Services takes no texts and no e-mails, or takes them again. */
  refuseTexts(refused: boolean): void;
  /** A service with other settings in the same world. */
  startOther(settings: Readonly<Record<string, string>>): Promise<Service>;
  seen(): readonly SeenPage[];
  /** What browsers have complained about since the last call: errors, blocked content, strange addresses. */
  takeComplaints(): string[];
  /** Ends every browser of a test. */
  closeBrowsers(): Promise<void>;
  close(): Promise<void>;
}

/** @param frozenAt the time when everything happens, for pictures; without it the clock goes */
export async function startStage(executablePath: string, frozenAt?: number): Promise<Stage> {
  let shiftMs = 0;
  const now = () => (frozenAt ?? Date.now()) + shiftMs;
  const seen = new Map<string, SeenPage>();
  const complaints: string[] = [];
  let textsRefused = false;
  let held: ((address: string) => void) | undefined;

  const keep = async (from: SeenPage['from'], request: Request, response: Response): Promise<'go on'> => {
    const toPerson = request.headers.get('accept')?.includes('text/html') ?? false;
    if (toPerson && response.headers.get('content-type')?.startsWith('text/html')) {
      const html = await response.clone().text();
      const title = /<h1[^>]*>(.*?)<\/h1>/s.exec(html)?.[1]?.trim() ?? '';
      seen.set(from === 'service' ? kindOf(html) : `${from} ${title}`, { title, from, html });
    }
    return 'go on';
  };
  const serviceTap: Tap = {
    before({ path, request }: Call) {
      if (path !== '/api/oauth/callback' || !held) return 'go on';
      held(request.url);
      held = undefined;
      return new Response(null, { status: 204 });
    },
    after: ({ request }, response) => keep('service', request, response),
  };
  const worldTap: Tap = {
    before: ({ server, path }) =>
      textsRefused && server === 'phone' && ['/sms', '/emails:send'].includes(path)
        ? new Response('{}', { status: 400 })
        : 'go on',
    after: ({ server, request }, response) =>
      keep(server === 'phone' ? 'phone' : 'provider', request, response),
  };

  const world = await startWorld({ now, people: [], tap: worldTap });
  // The pages offer what the pictures in docs/ show: a provider that is not configured is not offered.
  const { 'google-health': _, fitbit: __, ...unseen } = perProvider((id) => settingNamesOf(id).clientId);
  const notOffered = Object.fromEntries(Object.values(unseen).map((name) => [name, '']));
  const start = (settings: Readonly<Record<string, string>>) =>
    startService({
      world,
      port: 0,
      unattended: false,
      onLog: ({ level, message }) => {
        // What the service has no sentence for is a mistake of ours, whatever the page says.
        if (level === 'error') complaints.push(message);
      },
      settings: { ...notOffered, ...settings },
      tap: serviceTap,
      adaptServices: (services) => ({ ...services, clock: { ...services.clock, now } }),
    });
  const service = await start({});
  const others: Service[] = [];
  const browser = await launchChromium(executablePath);

  const contexts: BrowserContext[] = [];
  const watch = (page: Page): void => {
    page.on('console', (message) => {
      // A form with a mistake in it is answered 400, which a browser reports like this.
      const expected = /^Failed to load resource: the server responded with a status of (4\d\d|503)/;
      if (['error', 'warning'].includes(message.type()) && !expected.test(message.text())) {
        complaints.push(`${message.type()} on ${page.url()}: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`error on ${page.url()}: ${error.message}`));
    page.on('request', (request) => {
      const home = [service, ...others, ...Object.values(world.simulators), world.phone].map(
        ({ url }) => url,
      );
      const { origin, protocol } = new URL(request.url());
      if (!home.includes(origin) && protocol !== 'data:') {
        complaints.push(`${page.url()} asked for ${request.url()}`);
      }
    });
  };

  let people = 0;
  let viewport: (typeof sizes)[keyof typeof sizes] = sizes.phone;
  return {
    world,
    service,
    resize(size) {
      viewport = sizes[size];
    },
    async open(options = {}) {
      const context = await browser.newContext({
        viewport,
        javaScriptEnabled: false,
        locale: 'en-US',
        timezoneId: 'UTC',
        ...options,
      });
      context.setDefaultTimeout(10_000);
      context.on('page', watch);
      contexts.push(context);
      return context.newPage();
    },
    newPerson(more = {}) {
      people += 1;
      const id = `person-${people}`;
      const tracker = `55${String(people).padStart(8, '0')}`;
      world.wearers.add({
        id,
        name: `Person ${people}`,
        timeZone: 'America/New_York',
        devices: [
          {
            id: tracker,
            kind: 'TRACKER',
            model: 'Charge 6',
            features: ['STEPS', 'HEART_RATE'],
            battery: { percent: 64, since: now(), drainPerHour: 0.5 },
            syncEveryMs: 600_000,
          },
        ],
        ...more,
      });
      // 555-01xx is set apart for fiction in every area code.
      const area = ['425', '206', '212', '415'][Math.floor(people / 100)];
      const phone = `+1 ${area} 555 01${String(people % 100).padStart(2, '0')}`;
      return { id, name: more.name ?? `Person ${people}`, phone, tracker };
    },
    advance(ms) {
      shiftMs += ms;
    },
    now,
    holdCallback: () =>
      new Promise((resolve) => {
        held = resolve;
      }),
    refuseTexts(refused) {
      textsRefused = refused;
    },
    async startOther(settings) {
      const other = await start(settings);
      others.push(other);
      return other;
    },
    seen: () => [...seen.values()],
    takeComplaints: () => complaints.splice(0),
    async closeBrowsers() {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    },
    async close() {
      await browser.close();
      await Promise.all([service, ...others].map((each) => each.close()));
      await world.close();
    },
  };
}

/** Two pages that differ only in what is typed, counted or random are one kind of page. */
function kindOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/value="[^"]*"/g, '')
    .replace(/[\w-]{20,}/g, '')
    .replace(/[\d•]+/g, '0')
    .replace(/\s+/g, ' ');
}
