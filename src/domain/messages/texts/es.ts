/** Spanish, in words that keep their accents in GSM-7, where there are any. No native speaker has reviewed them yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type Catalogue } from './text-catalogue';

const stop = 'Baja: STOP';

export const spanish: Catalogue = {
  unnamed: 'dispositivo',
  texts: {
    low: ({ device, battery, link }) => `${device}: ${say(battery)}. Ponlo a cargar. ${link} ${stop}`,
    critical: ({ device, battery, link }) => `${device}: ${say(battery)}. ¡A cargar ya! ${link} ${stop}`,
    reminder: ({ device, battery, link }) => `${device} sigue ${sayAgain(battery)}. ${link} ${stop}`,
    recovered: ({ device, battery: { level }, link }) =>
      `${device} vuelve a estar cargado${typeof level === 'number' ? ` (${level} %)` : ''}. ${link} ${stop}`,
    silent: ({ device, battery: { level }, link }) =>
      `${device} ${sayWas(level)} y ya no da datos. ${link} ${stop}`,
    unseen: ({ device, silentDays, link }) =>
      `${device} lleva ${silentDays === undefined ? '' : `${silentDays} `}días sin sincronizar. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `${provider} se ha desconectado. Reconectar: ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `no se lee la carga${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `se vuelve a leer la carga. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} deja de funcionar. ${successor === undefined ? 'Reconectar:' : `Pasa a ${successor}:`} ${link} ${stop}`,
    code: ({ code }) => `tu clave es ${code}. Vale 10 minutos. Si no lo pediste, ignora este SMS.`,
    welcome: ({ link }) => `avisos activados: ${link} Puede haber cargos. Ayuda: HELP. ${stop}`,
    link: ({ link }) => `tu enlace personal: ${link} No lo compartas.`,
    test: ({ link }) => `este es el SMS de prueba que pediste. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('avisos de carga.', contact && `Contacto: ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `ya no usamos tu cuenta de ${provider} y estamos borrando tus datos. Con este SMS terminamos.`,
    'number removed': ({ provider, signUp }) =>
      `este SMS es el final de los avisos de ${provider}. ¿No lo pediste? Date de alta: ${signUp}`,
    'new link': ({ link }) => `nuevo enlace: ${link} ¿No lo pediste? Cambia el enlace. ${stop}`,
    'connected again': ({ provider, link }) =>
      `${provider} se ha conectado otra vez. ¿No lo pediste? ${link} ${stop}`,
  },
};

function say({ level, hoursLeft }: Battery): string {
  if (level === 'empty') return 'sin carga';
  return `${level === 'low' ? 'con poca carga' : `queda un ${level} %`}${sayLeft(hoursLeft)}`;
}

function sayAgain({ level, hoursLeft }: Battery): string {
  if (level === 'empty') return 'sin carga';
  return `${level === 'low' ? 'con poca carga' : `al ${level} %`}${sayLeft(hoursLeft)}`;
}

/** In hours always: the word for days has an accent. */
function sayLeft(hoursLeft: number | undefined): string {
  if (hoursLeft === undefined) return '';
  return hoursLeft === 1 ? ', una hora' : `, unas ${hoursLeft} h`;
}

function sayWas(level: Battery['level']): string {
  if (level === 'empty') return 'estaba sin carga';
  return level === 'low' ? 'tenía poca carga' : `estaba al ${level} %`;
}

function sayHelp(help: WearerHelp, provider: string): string {
  switch (help) {
    case 'permission':
      return ': falta un permiso. Conecta de nuevo:';
    case 'profile':
      return `: falta el perfil de ${provider}:`;
    case 'move':
      return ': falta pasar tu cuenta a Google:';
    case 'access':
      return '. Quita el acceso y conecta de nuevo:';
  }
}
