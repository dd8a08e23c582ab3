/** Spanish, in words that keep their accents in GSM-7, where there are any. No native speaker has reviewed them yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, withoutForecast, type Battery, type MessageCatalogue } from './text-catalogue';

export const spanish: MessageCatalogue = {
  unnamed: 'dispositivo',
  stop: 'Baja: STOP',
  endAtLink: 'Baja: enlace',
  mail: { page: 'Tu página personal:', stop: 'Para no recibir más correos:' },
  words: {
    low: ({ device, battery }) => ({
      subject: `${device}: ${say(withoutForecast(battery))}`,
      sentence: `${device}: ${say(battery)}. Ponlo a cargar.`,
    }),
    critical: ({ device, battery }) => ({
      subject: `${device}: ${say(withoutForecast(battery))}, ¡a cargar ya!`,
      sentence: `${device}: ${say(battery)}. ¡A cargar ya!`,
    }),
    reminder: ({ device, battery }) => ({
      subject: `${device} sigue ${sayAgain(withoutForecast(battery))}`,
      sentence: `${device} sigue ${sayAgain(battery)}.`,
    }),
    recovered: ({ device, battery: { level } }) => ({
      subject: `${device} vuelve a estar cargado`,
      sentence: `${device} vuelve a estar cargado${typeof level === 'number' ? ` (${level} %)` : ''}.`,
    }),
    silent: ({ device, battery: { level } }) => ({
      subject: `${device} ya no da datos`,
      sentence: `${device} ${sayWas(level)} y ya no da datos.`,
    }),
    unseen: ({ device, silentDays }) => ({
      subject: `${device} no se ha sincronizado`,
      sentence: `${device} lleva ${silentDays === undefined ? '' : `${silentDays} `}días sin sincronizar.`,
    }),
    reconnect: ({ provider }) => ({
      subject: `${provider} se ha desconectado`,
      sentence: `${provider} se ha desconectado. Reconectar:`,
    }),
    'check failing': ({ help, provider }) => ({
      subject: 'no se lee la carga',
      sentence: `no se lee la carga${sayHelp(help, provider)}`,
    }),
    'works again': () => ({
      subject: 'se vuelve a leer la carga',
      sentence: 'se vuelve a leer la carga.',
    }),
    move: ({ provider, successor }) => ({
      subject: `${provider} deja de funcionar`,
      sentence: `${provider} deja de funcionar. ${successor === undefined ? 'Reconectar:' : `Pasa a ${successor}:`}`,
    }),
    code: ({ code, isMail }) => ({
      subject: 'confirma tu dirección',
      ...(isMail
        ? {
            sentence: 'confirma que esta es tu dirección:',
            after: 'Si no lo pediste, ignora este correo.',
          }
        : {
            sentence: `tu clave es ${code}. Vale 10 minutos. Si no lo pediste, ignora este SMS.`,
          }),
    }),
    welcome: ({ isMail, canBeAnswered }) => ({
      subject: 'avisos activados',
      ...(isMail
        ? { sentence: 'los avisos de carga llegarán a esta dirección.' }
        : {
            sentence: 'avisos activados:',
            after: inOneLine('Puede haber cargos.', canBeAnswered ? 'Ayuda: HELP.' : undefined),
          }),
    }),
    link: () => ({
      subject: 'tu enlace personal',
      sentence: 'tu enlace personal:',
      after: 'No lo compartas.',
    }),
    test: ({ isMail }) => ({
      subject: 'prueba',
      sentence: `este es el ${isMail ? 'correo' : 'SMS'} de prueba que pediste.`,
    }),
    help: ({ contact }) => ({
      subject: 'ayuda',
      sentence: inOneLine('avisos de carga.', contact && `Contacto: ${contact}`),
    }),
    goodbye: ({ provider, isMail }) => ({
      subject: 'despedida',
      sentence: `ya no usamos tu cuenta de ${provider} y estamos borrando tus datos. Con este ${isMail ? 'correo' : 'SMS'} terminamos.`,
    }),
    'number removed': ({ provider, isMail }) => ({
      subject: `final de los avisos de ${provider}`,
      sentence: `este ${isMail ? 'correo' : 'SMS'} es el final de los avisos de ${provider}. ¿No lo pediste? Date de alta:`,
    }),
    'new link': () => ({
      subject: 'nuevo enlace',
      sentence: 'nuevo enlace:',
      after: '¿No lo pediste? Cambia el enlace.',
    }),
    'connected again': ({ provider }) => ({
      subject: `${provider} se ha conectado otra vez`,
      sentence: `${provider} se ha conectado otra vez. ¿No lo pediste?`,
    }),
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
