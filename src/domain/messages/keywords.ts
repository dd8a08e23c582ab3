/**
 * What a reply asks for, in the common spellings of the languages that are spoken where texts go. Only a reply that says
 * nothing else counts: "please stop by at 5" is a sentence, and nobody's wish for silence.
 */

export type Keyword = 'stop' | 'start' | 'help';

/** In small letters, without accents; more than one word with one space between. */
const spellings: Readonly<Record<Keyword, readonly string[]>> = {
  stop: [
    // What United States carriers and the FCC name (47 CFR 64.1200(a)(10)).
    'stop',
    'stopall',
    'stop all',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'optout',
    'opt out',
    // French, German and Swedish, Spanish.
    'arret',
    'arreter',
    'arretez',
    'stopp',
    'abmelden',
    'alto',
    'baja',
    'ende',
    'fin',
    'parar',
    'cancelar',
  ],
  start: ['start', 'unstop', 'yes'],
  help: ['help', 'info', 'aide', 'ayuda', 'hilfe'],
};

const meanings: ReadonlyMap<string, Keyword> = new Map(
  (Object.keys(spellings) as Keyword[]).flatMap((keyword) =>
    spellings[keyword].map((spelling): [string, Keyword] => [spelling, keyword]),
  ),
);

export function readKeyword(text: string): Keyword | undefined {
  const words = text
    .normalize('NFKD')
    // Accents, and what cannot be seen at all.
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  // STOP STOP STOP is one wish.
  return meanings.get([...new Set(words)].join(' '));
}
