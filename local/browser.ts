/**
 * A browser without script, for following consent redirects: cookies by origin, redirects, forms.
 */
import { parse, type HTMLElement } from 'node-html-parser';
import { CookieJar } from 'tough-cookie';

export interface Form {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  /** What the form sends when nobody touches it: values, ticked boxes, the first button. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Those that send it, by name and value. */
  readonly buttons: readonly (readonly [string, string])[];
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly title: string;
  readonly forms: readonly Form[];
}

export interface Browser {
  open(url: string): Promise<Page>;
  /** Sends the page's first form with some of its fields changed. */
  submit(page: Page, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Page>;
}

const mostRedirects = 10;

export function createBrowser(): Browser {
  const jar = new CookieJar(undefined, { looseMode: true });

  /** Chrome takes Secure cookies from loopback too. */
  const cookieUrl = (url: string): string => url.replace(/^http:\/\/127\.0\.0\.1/, 'https://127.0.0.1');

  async function load(url: string, init: RequestInit): Promise<Page> {
    let at = url;
    let request = init;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const cookie = await jar.getCookieString(cookieUrl(at));
      const response = await fetch(at, {
        ...request,
        redirect: 'manual',
        headers: cookie === '' ? {} : { cookie },
      });
      for (const line of response.headers.getSetCookie()) await jar.setCookie(line, cookieUrl(at));
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return readPage(at, response);
      await response.arrayBuffer();
      at = new URL(location, at).href.replace(/#.*$/, '');
      request = { method: 'GET' };
    }
    throw new Error(`More than ${mostRedirects} redirects from ${new URL(url).pathname}`);
  }

  return {
    open: (url) => load(url, { method: 'GET' }),
    submit: (page, changes) => {
      // Like a person who presses that button; a page with one form needs none named.
      const form =
        page.forms.find(({ buttons }) => buttons.some(([name, value]) => changes[name] === value)) ??
        page.forms[0];
      if (!form) throw new Error(`"${page.title}" has no form`);
      const body = new URLSearchParams(
        form.fields
          .filter(([name]) => !(name in changes))
          .map(([name, value]): [string, string] => [name, value]),
      );
      for (const [name, value] of Object.entries(changes)) {
        for (const each of typeof value === 'string' ? [value] : value) body.append(name, each);
      }
      const action = new URL(form.action, page.url);
      if (form.method === 'POST') return load(action.href, { method: 'POST', body });
      action.search = body.toString();
      return load(action.href, { method: 'GET' });
    },
  };
}

async function readPage(url: string, response: Response): Promise<Page> {
  const text = await response.text();
  const page = parse(text);
  const title = page.querySelector('title')?.text.trim() ?? '';
  const forms = page.querySelectorAll('form').map(readForm);
  return { url, status: response.status, headers: response.headers, text, title, forms };
}

function readForm(form: HTMLElement): Form {
  const fields: [string, string][] = [];
  const buttons: [string, string][] = [];
  for (const { tagName, attributes } of form.querySelectorAll('input, button')) {
    const { name, value = '', type = tagName === 'BUTTON' ? 'submit' : 'text', checked } = attributes;
    if (name === undefined) continue;
    const ticked = (type !== 'checkbox' && type !== 'radio') || checked !== undefined;
    if (type === 'submit' && buttons.push([name, value]) > 1) continue;
    if (ticked) fields.push([name, value]);
  }
  const { action = '', method } = form.attributes;
  return { action, method: method?.toUpperCase() === 'POST' ? 'POST' : 'GET', fields, buttons };
}
