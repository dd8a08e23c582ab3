/** Looks into the HTML of our own pages, not into any HTML. */
export interface ElementFound {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function elementsOf(page: string): ElementFound[] {
  return [...page.matchAll(/<([a-z][a-z0-9]*)\b((?:"[^"]*"|[^>"])*)>/g)].map(([, tag = '', text = '']) => ({
    tag,
    attributes: Object.fromEntries(
      [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, value]),
    ),
  }));
}

export function elementWithId(page: string, id: string): ElementFound {
  const found = elementsOf(page).filter(({ attributes }) => attributes['id'] === id);
  if (found.length !== 1) throw new Error(`${found.length} elements have the id ${id}`);
  return found[0]!;
}

/** "POST /path name name action=value", with the names in the order of the page. */
export function formsOf(page: string): string[] {
  return [...page.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, start = '', content = '']) => {
    const [form] = elementsOf(`<form${start}>`);
    const names = elementsOf(content).flatMap(({ tag, attributes: { name, value } }) => {
      if (name === undefined) return [];
      return tag === 'button' ? [`${name}=${value}`] : [name];
    });
    return [form?.attributes['method']?.toUpperCase(), form?.attributes['action'], ...new Set(names)].join(
      ' ',
    );
  });
}

/** What a person reads, on one line. */
export function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;])/g, '$1')
    .trim();
}
