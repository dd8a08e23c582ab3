/** Spanish. No native speaker has reviewed these words yet. */
import type { WearerHelp } from '../../../model';
import { inOneLine, type Battery, type Catalogue } from './catalogue';

const stop = 'Baja: STOP';

export const spanish: Catalogue = {
  unnamed: 'dispositivo',
  texts: {
    low: ({ device, battery, link }) => `${device} está ${say(battery)}. Cárgalo. ${link} ${stop}`,
    critical: ({ device, battery, link }) => `${device} está ${say(battery)}. ¡Cárgalo ya! ${link} ${stop}`,
    reminder: ({ device, battery, link }) => `${device} sigue ${say(battery)}. Cárgalo. ${link} ${stop}`,
    recovered: ({ device, battery: { level }, link }) =>
      `${device} está cargado otra vez${typeof level === 'number' ? ` (${level} %)` : ''}. ${link} ${stop}`,
    silent: ({ device, link }) => `${device} tenía poca carga y no responde. ¿Vacío? ${link} ${stop}`,
    unseen: ({ device, silentDays, link }) =>
      `${device} lleva ${silentDays === undefined ? '' : `${silentDays} `}días sin sincronizar. ${link} ${stop}`,
    reconnect: ({ provider, link }) => `${provider} se ha desconectado. Reconectar: ${link} ${stop}`,
    'check failing': ({ help, provider, link }) =>
      `no se lee la carga${sayHelp(help, provider)} ${link} ${stop}`,
    'works again': ({ link }) => `se vuelve a leer la carga. ${link} ${stop}`,
    move: ({ provider, successor, link }) =>
      `${provider} dejará de funcionar. ${successor === undefined ? 'Reconectar:' : `Pasa a ${successor}:`} ${link} ${stop}`,
    code: ({ code }) => `tu código es ${code}. Vale 10 minutos. Si no lo pediste, ignora este SMS.`,
    welcome: ({ link }) => `avisos activados: ${link} Puede haber cargos. Ayuda: HELP. ${stop}`,
    link: ({ link }) => `tu página personal: ${link} No la compartas.`,
    test: ({ link }) => `este es el SMS de prueba que pediste. ${link}`,
    help: ({ contact, helpLink }) =>
      inOneLine('avisos de batería.', contact && `Contacto: ${contact}`, helpLink, stop),
    goodbye: ({ provider }) =>
      `ya no usamos tu cuenta de ${provider} y estamos borrando tus datos. Este es el último SMS.`,
  },
};

function say({ level, hoursLeft }: Battery): string {
  const left = hoursLeft === undefined ? '' : `, aprox. ${hoursLeft} h`;
  if (level === 'empty') return 'sin batería';
  return `${level === 'low' ? 'con poca batería' : `al ${level} %`}${left}`;
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
