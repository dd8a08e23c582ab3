import { readReply } from '../../../src/domain/messages/keywords';

describe('stop is said by', () => {
  test.each([
    'STOP',
    'stop',
    'Stop.',
    '  stop \n',
    '"STOP"',
    'STOP!!!',
    'Stop 🙏',
    'ＳＴＯＰ',
    'ST\u200bOP\ufeff',
    'STOPALL',
    'Stop all',
    'stop-all',
    'STOP STOP STOP',
    'Unsubscribe',
    'CANCEL',
    'end',
    'Quit',
    'REVOKE',
    'OPT OUT',
    'opt-out',
    'OPTOUT',
    'ARRET',
    'ARRÊT',
    'Arre\u0302t',
    'arrêter',
    'Arrêtez !',
    'STOPP',
    'Abmelden',
    '¡ALTO!',
    'baja',
    'Parar',
    'CANCELAR',
  ])('%j', (text) => {
    expect(readReply(text)).toBe('stop');
  });
});

test.each(['START', 'start.', 'Unstop', 'YES', 'Yes!'])('start is said by %j', (text) => {
  expect(readReply(text)).toBe('start');
});

test.each(['HELP', 'help?', 'Info', 'AIDE', 'ayuda', 'Hilfe!'])('help is asked for by %j', (text) => {
  expect(readReply(text)).toBe('help');
});

describe('nothing is said by', () => {
  test.each([
    '',
    ' ',
    '.',
    '🔋',
    'stopper the bottle',
    's t o p',
    'sto p',
    'the end',
    'weekend',
    'cancel my order',
    'opt',
    'out',
    'opt in',
    'yes please',
    'no',
    'restart',
    'helpful',
    'info help',
    'information',
    'toString',
    '__proto__',
    'Thanks!',
    'ok thanks',
    'Charged it, thank you',
    'No problem',
    'no text yet',
    'I will text you',
    'Texts are fine',
    'Danke, lädt schon',
    'Ich bekomme keine Nachrichten von meiner Uhr auf dem Handy',
    'Zu Ende geladen',
    'Wann ist Ende?',
    'Gracias, ya está cargando',
    'Va a dar de sí la batería',
    'El fin de semana la cargo',
    'Merci, je la recharge',
    'Fin de journée',
    'Plus de batterie',
  ])('%j', (text) => {
    expect(readReply(text)).toBeUndefined();
  });
});

describe('as people write it, this plainly ends the texts', () => {
  test.each([
    // English
    'Please stop',
    'stop please',
    'STOP, thanks',
    'Stop. Thank you!',
    'ok stop',
    'Stop now please',
    'stop texting me',
    'Please stop texting me',
    'STOP TEXTING ME!!!',
    'stop messaging me',
    'Stop sending me these messages',
    'stop sending texts',
    'Stop these texts',
    'stop all messages',
    'no more texts',
    'No more messages please',
    "Don't text me anymore",
    'do not text me',
    'dont text me again',
    'Never text me again',
    "I don't want any more texts",
    'I want to unsubscribe',
    'Unsubscribe me please',
    'remove me',
    'Remove me from your list',
    'Take me off your list',
    'Remove',
    'Please remove my number',
    'Stop sending me “Fitbit Token Service: Your Charge 6 is at 17%. STOP to end”',
    'Can you stop texting me?',
    'stop\n\nSent from my iPhone',
    'Stop\n--\nAda Lovelace\n+1 425 555 0123',
    'STOP\n\nOn Sat, 28 Nov 2026 at 06:00, Fitbit Token Service wrote:\n> Charge 6 is at 17%.',
    // German
    'Bitte stop',
    'Stopp bitte!',
    'Bitte keine SMS mehr',
    'keine Nachrichten mehr',
    'Bitte keine Nachrichten mehr senden',
    'Ich möchte keine SMS mehr',
    'Ich will keine Nachrichten mehr bekommen',
    'SMS abbestellen',
    'Nachrichten stoppen bitte',
    'Ich möchte mich abmelden',
    'Bitte abmelden, danke',
    'Schicken Sie mir keine Nachrichten mehr',
    'Schreib mir nicht mehr',
    'Hört auf mir zu schreiben',
    'Stop\nVon meinem iPhone gesendet',
    // Spanish
    'Por favor, stop',
    'Baja, gracias',
    'No más mensajes',
    '¡No más!',
    'Desuscribir',
    'no más mensajes por favor',
    'No quiero más mensajes',
    'No quiero recibir más mensajes',
    'Dejen de enviarme mensajes',
    'Deja de escribirme',
    'No me envíen más mensajes',
    'Quiero darme de baja',
    'Dar de baja',
    'Cancelar mensajes',
    'STOP\nEnviado desde mi iPhone',
    // French
    "Arrêt s'il vous plaît",
    'Stop svp',
    'STOP merci',
    'Arrêtez les SMS',
    "Arrêtez de m'envoyer des messages",
    "arrête de m'écrire",
    'Plus de SMS svp',
    "Ne m'envoyez plus de messages",
    'Je ne veux plus de SMS',
    'Je ne veux plus recevoir de messages',
    'Je veux me désabonner',
    'Désabonnez-moi',
    'Stop\nEnvoyé de mon iPhone',
  ])('%j', (text) => {
    expect(readReply(text)).toBe('stop');
  });
});

describe('this may mean it, and a person has to look', () => {
  test.each([
    'please stop by at 5',
    'Do not stop',
    "Don't stop the texts, I like them",
    'stop it',
    'all stop',
    'non stop',
    'start stop',
    'stop start',
    'stop 2',
    `stop ${'x'.repeat(2000)}`,
    'How do I stop this?',
    'Wrong number',
    'Leave me alone!',
    'Falsche Nummer, lassen Sie mich in Ruhe',
    'Número equivocado',
    'Mauvais numéro',
    'Loved “STOP”',
    'My watch will not stop buzzing',
    'If I write STOP, what happens?',
    'Why do I get these? Stop or I call my lawyer',
    'Kann ich das abbestellen oder nicht?',
    'Was passiert, wenn ich STOP schreibe',
    'Bus stop, back in 5',
    'Si mando STOP, ¿qué pasa?',
    'Ne pas arrêter, stop ou encore ?',
    'Le bus est à l’arrêt',
  ])('%j', (text) => {
    expect(readReply(text)).toBe('in doubt');
  });
});

test.each(['HELP please', 'Bitte Hilfe', 'Ayuda por favor', 'Aide svp', 'help\n\nSent from my iPhone'])(
  'help is asked for politely by %j',
  (text) => expect(readReply(text)).toBe('help'),
);

const alert =
  'Fitbit Token Service: Your Charge 6 is at 17%. Time to charge. https://tokens.example.com/m/x STOP to end';
test.each([
  `Liked “${alert}”`,
  `Laughed at “${alert}”`,
  `Emphasized “${alert.slice(0, 60)} STOP`,
  `👍 to “${alert}”`,
  `Gefällt „${alert}“`,
  `Le gustó “${alert}”`,
  `A aimé « ${alert} »`,
  `Liked "${alert}"`,
])('a reaction to a text of ours asks for nothing: %s', (text) => expect(readReply(text)).toBeUndefined());

test('what a phone adds below is not read: it may hold a word of ours', () => {
  expect(readReply('Thanks\nSent from my phone, reply STOP')).toBeUndefined();
});
