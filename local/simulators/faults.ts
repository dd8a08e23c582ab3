/**
 * Switches that make a provider misbehave towards one wearer: a wrong answer, a slow one, a lost one. Each simulator
 * has its own set, so that the same wearer can be in trouble at Fitbit and well at Google Health. A request takes the
 * oldest fault that fits it, and one fault only.
 */
import { setTimeout } from 'node:timers/promises';
import { cutConnection } from '../serve';

export type Endpoint = 'token' | 'revoke' | 'identity' | 'devices' | 'settings';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `{token}` stands for the token, or code, that the request came with: Fitbit's messages repeat it. */
  readonly body: string;
}

export type Effect =
  /** This answer, and nothing is applied. */
  | ({ readonly kind: 'answer' } & Answer)
  /** Waits, then applies and answers. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Applies, then waits before it answers. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Applies, then cuts the connection instead of answering. */
  | { readonly kind: 'lost' }
  /** Cuts the connection; nothing is applied. */
  | { readonly kind: 'dropped' }
  /** Applies, and a good answer comes out as broken JSON. */
  | { readonly kind: 'garbled' };

export type Fault = Effect & {
  readonly endpoint: Endpoint | 'any';
  /** Of a documented one. */
  readonly name?: string;
  /** How many requests it lasts; Infinity until it is cleared. */
  readonly times: number;
};

/** Stands for every wearer, and for requests that no wearer can be found for. */
export const everyone = '*';

export type Delay = (ms: number) => Promise<unknown>;

export interface Faults {
  /** Switches a fault on for a wearer, or for `everyone`. */
  add(wearerId: string, fault: Fault): void;
  /** Switches off all faults of a wearer, or, without one, all faults. */
  clear(wearerId?: string): void;
  /** The faults that are still to happen, oldest first. */
  pending(wearerId: string): readonly Fault[];
  /** The fault for a request to one of these endpoints, which is used up by asking; the wearer's own come first. */
  take(wearerId: string | undefined, ...endpoints: readonly Endpoint[]): Fault | undefined;
}

export function createFaults(): Faults {
  const faults = new Map<string, { fault: Fault; left: number }[]>();

  const takeFrom = (wearerId: string, endpoints: readonly (Endpoint | 'any')[]): Fault | undefined => {
    const own = faults.get(wearerId) ?? [];
    const found = own.find(({ fault }) => fault.endpoint === 'any' || endpoints.includes(fault.endpoint));
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) own.splice(own.indexOf(found), 1);
    return found.fault;
  };

  return {
    add(wearerId, fault) {
      if (!(fault.times > 0)) throw new Error('A fault happens at least once');
      faults.set(wearerId, [...(faults.get(wearerId) ?? []), { fault, left: fault.times }]);
    },
    clear(wearerId) {
      if (wearerId === undefined) faults.clear();
      else faults.delete(wearerId);
    },
    pending: (wearerId) => (faults.get(wearerId) ?? []).map(({ fault, left }) => ({ ...fault, times: left })),
    take: (wearerId, ...endpoints) =>
      (wearerId === undefined ? undefined : takeFrom(wearerId, endpoints)) ?? takeFrom(everyone, endpoints),
  };
}

/** The provider has been switched off: 410 for everything, until cleared. What the body says is not known. */
export function retired(): Extract<Fault, { kind: 'answer' }> {
  return {
    kind: 'answer',
    endpoint: 'any',
    times: Infinity,
    status: 410,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>410 Gone</title><p>This service has been turned off.</p>',
  };
}

/** Whether the request reaches the provider at all, so that what it carries counts as used. */
export function arrives(fault: Fault | undefined): boolean {
  return fault?.kind !== 'dropped';
}

/** Answers a request with `apply`, or as the fault wants it. `token` is what the request came with. */
export async function answerWithFault(
  fault: Fault | undefined,
  { apply, delay, token = '' }: { apply: () => Promise<Response> | Response; delay: Delay; token?: string },
): Promise<Response> {
  switch (fault?.kind) {
    case undefined:
      return apply();
    case 'answer':
      return new Response(fault.body.replaceAll('{token}', () => token) || null, {
        status: fault.status,
        headers: { 'content-type': 'application/json', ...fault.headers },
      });
    case 'slow':
      await delay(fault.ms);
      return apply();
    case 'late': {
      const response = await apply();
      await delay(fault.ms);
      return response;
    }
    case 'lost':
      await apply();
      return cutConnection();
    case 'dropped':
      return cutConnection();
    case 'garbled':
      return garble(await apply());
  }
}

/** Only the last character goes: the tokens in it stay whole, so that a search of the logs would find them. */
async function garble(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const body = (await response.text()).slice(0, -1) || '{';
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Real time, which does not keep the process alive. */
export const realDelay: Delay = (ms) => setTimeout(ms, undefined, { ref: false });
