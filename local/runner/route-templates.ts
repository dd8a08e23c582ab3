/**
 * Which function a request reaches: the route templates of ASP.NET as the Functions host uses them. Literals are compared
 * whatever their case, a slash at the end is ignored, and a method that no function of the route names is as unknown as the route.
 */
import type { HttpRequestParams } from '@azure/functions';
import type { RecordedHttp } from './recording-app';

export interface Found {
  readonly recorded: RecordedHttp;
  readonly params: HttpRequestParams;
}

/** @throws Error that names the function whose route the host would refuse, or the runner does not imitate */
export function createRouter(
  functions: readonly RecordedHttp[],
  prefix: string,
): (method: string, path: string) => Found | undefined {
  refuseConflicts(functions);
  // The host tries routes in the order of the functions' names, whatever is more specific.
  const routes = functions
    .toSorted((a, b) => compareOrdinal(a.name, b.name))
    .map((recorded) => ({ recorded, parts: parseTemplate(recorded, prefix), methods: methodsOf(recorded) }));
  return (method, path) => {
    const segments = segmentsOf(path);
    if (segments === undefined) return undefined;
    for (const { recorded, parts, methods } of routes) {
      const params = methods.includes(method.toUpperCase()) ? match(parts, segments) : undefined;
      if (params) return { recorded, params };
    }
    return undefined;
  };
}

type Part =
  | { readonly is: 'literal'; readonly text: string }
  | { readonly is: 'parameter' | 'optional' | 'rest'; readonly name: string };

/** `a/{b}/{c?}`, `a/{*b}`, and `{b:maxlength(0)?}` for the route that is empty. */
function parseTemplate({ name, options }: RecordedHttp, prefix: string): readonly Part[] {
  const route = options.route ?? name;
  const texts = `${prefix}/${route}`.split('/').filter(Boolean);
  return texts.flatMap((text, index): Part[] => {
    const isLast = index === texts.length - 1;
    if (isLast && /^\{\w+:maxlength\(0\)\?\}$/.test(text)) return [];
    const [, rest, parameter, optional] = /^\{(\*)?(\w+)(\?)?\}$/.exec(text) ?? [];
    if (parameter ? (rest || optional) && !isLast : /[{}*:]/.test(text)) {
      throw new Error(
        `Function "${name}": the local runner does not imitate "${text}" in the route "${route}".`,
      );
    }
    if (!parameter) return [{ is: 'literal', text }];
    return [{ is: rest ? 'rest' : optional ? 'optional' : 'parameter', name: parameter }];
  });
}

/** `undefined` for a path with an empty segment, which no template fits. */
function segmentsOf(path: string): readonly string[] | undefined {
  const segments = path
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decode);
  if (segments.length === 1 && segments[0] === '') return [];
  return segments.includes('') ? undefined : segments;
}

/** Everything but an encoded slash, which the host hands on as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, (slash) => `%25${slash.slice(1)}`));
  } catch {
    return segment;
  }
}

function match(parts: readonly Part[], segments: readonly string[]): HttpRequestParams | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (part.is === 'rest') {
      if (segment !== undefined) params[part.name] = segments.slice(index).join('/');
      return params;
    }
    if (segment === undefined) return part.is === 'optional' ? params : undefined;
    if (part.is !== 'literal') params[part.name] = segment;
    else if (compareOrdinal(part.text, segment) !== 0) return undefined;
  }
  return segments.length > parts.length ? undefined : params;
}

function methodsOf({ options }: RecordedHttp): readonly string[] {
  return options.methods ?? ['GET', 'POST'];
}

/** .NET's OrdinalIgnoreCase. */
function compareOrdinal(a: string, b: string): number {
  const [first, second] = [a.toUpperCase(), b.toUpperCase()];
  return first < second ? -1 : Number(first > second);
}

function refuseConflicts(functions: readonly RecordedHttp[]): void {
  const taken = new Map<string, string>();
  for (const recorded of functions) {
    const { name, options } = recorded;
    const route = (options.route ?? name).replace(/^\/+|\/+$/g, '').toLowerCase();
    if (/^(admin|runtime)/.test(route)) {
      throw new Error(`Function "${name}": routes that begin with "admin" or "runtime" belong to the host.`);
    }
    for (const method of methodsOf(recorded)) {
      const other = taken.get(`${method} ${route}`);
      if (other) throw new Error(`Function "${name}" has the route of function "${other}".`);
      taken.set(`${method} ${route}`, name);
    }
  }
}
