/**
 * What a reply asks for, in the common spellings of the languages that are spoken where texts go. Only a reply that says
 * nothing else counts, with or without courtesies and a mail signature: "please stop by at 5" is nobody's wish for silence.
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
    'no mas',
    'desuscribir',
    'remove',
  ],
  start: ['start', 'unstop', 'yes'],
  help: ['help', 'info', 'aide', 'ayuda', 'hilfe'],
};

const meanings: ReadonlyMap<string, Keyword> = new Map(
  (Object.keys(spellings) as Keyword[]).flatMap((keyword) =>
    spellings[keyword].map((spelling): [string, Keyword] => [spelling, keyword]),
  ),
);

/** Said around a keyword; they change nothing. Longer ones first. */
const courtesies =
  /\b(s il (vous|te) plait|thank you|thanks|thx|por favor|muchas gracias|gracias|merci|danke|bitte|please|pls|svp|stp|sorry|ok|okay|hi|hello|hallo|hola|bonjour|now|jetzt|ya|maintenant)\b/g;

const texts = '(texts?|text messages?|messages?|sms|alerts?|notifications?)';
const texte = '(sms|nachrichten|nachricht|texte|mitteilungen|benachrichtigungen|meldungen)';
const textos = '(mensajes?|sms|textos?|avisos?|alertas?)';
const textes = '(messages?|sms|textos?|alertes?|notifications?)';

/** A whole reply that plainly says "stop texting me". */
const stopSentences: readonly RegExp[] = [
  `(stop|quit) (texting|messaging|contacting|bothering|sending)( me)?( (these|those|the|your|any|more))*( ${texts})?( (to me|any ?more|again|at all))?`,
  `(i (want|would like|d like|wish) to |you can )?(stop|cancel|end|no more|no) ((sending|these|those|the|your|all|my|any|more) )*${texts}( (to me|any ?more|at all))?`,
  '(do not|don t|dont|never|no longer) (text|message|contact|sms) me( (any ?more|again|ever))*',
  'i (do not|don t|dont|no longer) want (any more |more |your |these |any |to get |to receive )*' +
    texts +
    '( any ?more)?',
  `(unsubscribe|remove|opt) me( out)?( (of|from) ((your|the|this|these) )?(list|number|service|${texts}))?`,
  'take me off( (your|the|this) list)?',
  'remove (my|this) (number|phone)( from (your|the|this) list)?',
  '(i (want|would like|d like|wish) to )(unsubscribe|opt out|stop)',
  `(can|could|will|would) you stop (texting|messaging)( me)?`,
  `(ich (mochte|will|wunsche) )?keine ((weiteren|mehr) )*${texte}( mehr)?( (bekommen|erhalten|haben|senden|schicken|schreiben))?`,
  `${texte} (stoppen|abbestellen|beenden|abmelden|einstellen)`,
  '(ich (mochte|will) mich )?(abmelden|abbestellen|austragen)',
  `(schicken?|schickt|senden?|schreiben?|schreibt|schreib|schick)( sie| mir| ihr)* (keine ${texte} mehr|nicht mehr|nichts mehr)`,
  '(hor|hort|horen sie) auf( (mir|mich) zu (schreiben|nerven))?',
  'nicht mehr (schreiben|schicken|senden|texten)',
  `(no mas|basta de|no quiero( recibir)?( mas)?) ${textos}( mas)?`,
  `(dejen?|deja|dejad|para|paren) de (enviarme|mandarme|escribirme|enviar|mandar)( mas)?( ${textos})?`,
  `no (me )?(envien?|envies|enviar|manden?|mandes|escriban?|escribas)( mas)?( ${textos})?( mas)?`,
  '(quiero )?(dar ?(me|se)? de baja|darme de baja|dame de baja|denme de baja|cancelar (la )?suscripcion)',
  `(parar|detener|cancelar) (los |estos )?${textos}`,
  `(arret|arrete|arretez|arreter|stop|stoppez|stopper)( (de m (envoyer|ecrire)|(les|des|ces|vos|tous)))*( ${textes})?`,
  `(plus|pas) (de|d) ${textes}`,
  `(ne )?m (envoyez|ecrivez|envoie|ecris) plus( (de|d|rien|aucun|vos)( ${textes})?)?`,
  `je (ne )?veux plus (de|d|recevoir (de|d|vos|des|ces)) ${textes}`,
  '(je (veux|souhaite) )?(me |m )?(desabonner|desabonnez|desinscrire|desinscrivez|desabonne)( moi)?',
].map((sentence) => new RegExp(`^${sentence}$`));

/** Words that make the operator look at a reply that is not plain; the number can be somebody else's by now. */
const soundsLikeStop =
  /\b(wrong number|leave me alone|falsche nummer|in ruhe|numero equivocado|dejenme en paz|mauvais numero|laissez moi tranquille|stop|stopp|stopall|unsubscribe|opt ?out|revoke|arret|arretez|arretes?|abmelden|abbestellen|darme de baja|desabonner|stop texting|no more texts)\b/;

/** Below it a mail programme adds what its owner did not write. */
const signature =
  /^\s*(--\s*$|__+\s*$|>|sent (from|via)\b|get outlook\b|von meinem .*gesendet|gesendet (von|mit)\b|enviado (desde|de)\b|envoye (de|depuis)\b|on .* wrote:|am .* schrieb\b|el .* escribio:|le .* a ecrit)/;

/** A phone sends a reaction to a text as words with that text behind them, and "STOP to end" is in most of ours: `Liked “…”`. */
const quotedText = /[“„«"][^“”„«»"]{30,}([“”»"]|$)/g;

export type ReplyMeaning = Keyword | 'in doubt';

/** @returns `undefined` for a reply that asks for nothing */
export function readReply(text: string): ReplyMeaning | undefined {
  const words = readWords(text);
  const whole = words.join(' ');
  // STOP STOP STOP is one wish.
  const exact = meanings.get([...new Set(words)].join(' '));
  if (exact) return exact;
  const plain = whole.replace(courtesies, ' ').replace(/ +/g, ' ').trim();
  const meaning = meanings.get([...new Set(plain.split(' '))].join(' '));
  // "Yes please" can be the answer to anything.
  if (meaning && plain !== 'yes') return meaning;
  if (stopSentences.some((sentence) => sentence.test(plain))) return 'stop';
  return soundsLikeStop.test(whole) ? 'in doubt' : undefined;
}

const longestRead = 400;

function readWords(text: string): string[] {
  const lines = text
    .slice(0, longestRead)
    .replace(quotedText, ' ')
    .normalize('NFKD')
    // Accents, and what cannot be seen at all.
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .split('\n');
  const end = lines.findIndex((line) => signature.test(line));
  return (end < 0 ? lines : lines.slice(0, end))
    .join(' ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
