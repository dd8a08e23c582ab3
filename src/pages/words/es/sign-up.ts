import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const signUp: Words['signUp'] = {
  title: 'Conecta tu dispositivo',
  intro: 'Un SMS antes de quedarte sin batería.',
  provider: 'Tu cuenta es de',
  invite: 'Código de invitación',
  inviteHint: 'Pídeselo al operador de este servicio.',
  inviteUnknown: 'Ese código de invitación no existe. Revísalo.',
  inviteUsed: 'Esta invitación ha caducado o ya se ha usado. Pide una nueva a quien te la envió.',
  number: 'Número de móvil (opcional)',
  numberHint: (defaultCountry) => `Sin prefijo de país: ${defaultCountry}.`,
  numberMissing: 'Escribe el número para tus SMS o desmarca la casilla de abajo.',
  agree: (service) =>
    `Acepto recibir en este número SMS automáticos y periódicos de ${service}: avisos de batería baja y de conexión de mi dispositivo, y códigos de registro.`,
  agreeShort: 'Conformidad con los SMS',
  terms: (privacy) =>
    html`La frecuencia de los mensajes varía, normalmente de 2 a 10 al mes. Pueden aplicarse tarifas de
    mensajes y datos. Responde STOP para terminar, HELP para pedir ayuda. Dar tu conformidad no es condición
    para usar este servicio. ${privacy('Privacidad y condiciones de los SMS')}`,
  noTexts:
    'Aquí los SMS todavía no están configurados. Conéctate ahora y añade tu número más adelante en tu página personal.',
  reads:
    'Leemos tus dispositivos, su batería, tu zona horaria y el identificador de tu cuenta, para mantener la conexión y escribirte.',
  usedOnly: 'No se usa para nada más, y nunca se vende ni se comparte.',
  shared: (who) =>
    html`Tu acceso se comparte con ${who}: allí se puede hacer lo que permitas en la página siguiente. Puedes
    ponerle fin cuando quieras.`,
  sharedNoFurther: 'Nunca se vende, y no se comparte con nadie más.',
  more: 'Más sobre lo que permites',
  further: 'Si la página siguiente pide otros permisos, los ha añadido el operador; allí puedes no darlos.',
  stored: 'Se guarda en la cuenta de Microsoft Azure del operador de este servicio.',
  end: (providers, privacy) =>
    html`Puedes ponerle fin cuando quieras, en tu página personal o en ${providers}.
    ${privacy('Todo sobre la privacidad')}`,
  otherLanguage: 'Otro idioma',
  go: 'Continuar',
  goTo: (provider) => `Continuar a ${provider}`,
  embedded: {
    title: 'Abre esta página en Safari o Chrome',
    why: 'Google no deja identificarse dentro del navegador integrado de una aplicación. Esta es la dirección para copiar:',
  },
  notConfigured: {
    title: 'Todavía sin configurar',
    why: 'Todavía no se puede registrar nadie. De esto tiene que ocuparse aún el operador de este servicio:',
  },
};
