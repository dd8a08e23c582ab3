import { readKeyword } from '../../../src/domain/messages/keywords';

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
    expect(readKeyword(text)).toBe('stop');
  });
});

test.each(['START', 'start.', 'Unstop', 'YES', 'Yes!'])('start is said by %j', (text) => {
  expect(readKeyword(text)).toBe('start');
});

test.each(['HELP', 'help?', 'Info', 'AIDE', 'ayuda', 'Hilfe!'])('help is asked for by %j', (text) => {
  expect(readKeyword(text)).toBe('help');
});

describe('nothing is said by', () => {
  test.each([
    '',
    ' ',
    '.',
    '🔋',
    'please stop by at 5',
    'stop it',
    'Do not stop',
    'all stop',
    'stopper',
    'non stop',
    'nonstop',
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
    'start stop',
    'stop start',
    'helpful',
    'info help',
    'information',
    'toString',
    '__proto__',
    'stop 2',
    `stop ${'x'.repeat(2000)}`,
  ])('%j', (text) => {
    expect(readKeyword(text)).toBeUndefined();
  });
});
