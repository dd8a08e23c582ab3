import type { Words } from '../catalogue';

export const refusals: Words['refusals'] = {
  startAgain: 'Empezar de nuevo',
  theProvider: 'el proveedor',
  account: (at, name = '') => `cuenta ${at === undefined ? '' : `de ${at} `}${name}`.trim(),
  enterCode: 'Escribir el código del SMS',
  setUp: (provider) => `Configurar ${provider}`,
  seeAccess: 'Ver quién tiene acceso',
  why: {
    'state unknown': {
      title: () => 'Este registro no se conoce',
      sentence: () => 'Puede que sea demasiado antiguo o que la dirección esté incompleta. Empieza de nuevo.',
    },
    'state used': {
      title: () => 'Esta página ya se abrió antes',
      sentence: () =>
        'Cada registro funciona una vez, y este ya se ha usado. Si viste que la conexión está hecha, todo está bien. Si se te pidió un código, escríbelo; si no, empieza de nuevo.',
    },
    'state expired': {
      title: () => 'Ha tardado demasiado',
      sentence: () => 'Un registro tiene que terminarse en diez minutos. Empieza de nuevo.',
    },
    'other browser': {
      title: () => 'Termina en el mismo navegador',
      sentence: () =>
        'Este registro se empezó en otro navegador, o su cookie ya no está. Empieza de nuevo en este navegador y quédate en él. Si vuelves a ver esto, permite las cookies de este sitio.',
    },
    'other account': {
      title: () => 'Esa era otra cuenta',
      sentence: ({ account }) =>
        `Has elegido: ${account}. Aquí está conectada otra. No se ha cambiado nada. Conéctate de nuevo y elige esa, o regístrate otra vez para esta.`,
    },
    disconnected: {
      title: () => 'Te has desconectado',
      sentence: ({ provider }) =>
        `Desconectaste tu cuenta de ${provider} mientras estabas allí, así que sigue desconectada. Para conectarla otra vez, regístrate de nuevo.`,
    },
    'invite used': {
      title: () => 'Esta invitación ya se ha usado',
      sentence: () =>
        'Otra persona ya ha usado esta invitación, o ha caducado. No se guarda nada. Pide una nueva a quien te la envió.',
    },
    'other provider': {
      title: () => 'La respuesta vino de otra parte',
      sentence: ({ provider }) =>
        `Este registro se envió a ${provider}, pero respondió otro proveedor. No se ha guardado nada; empieza de nuevo.`,
    },
    'consent denied': {
      title: () => 'No se ha conectado nada',
      sentence: ({ provider }) =>
        `Dijiste que no a ${provider}, y se respeta: no se ha guardado nada. Si fue un error, empieza de nuevo.`,
    },
    'provider error': {
      title: () => 'No ha funcionado',
      sentence: ({ provider }) => `${provider} no ha terminado el registro. Empieza de nuevo.`,
    },
    'code refused': {
      title: () => 'Ha tardado demasiado',
      sentence: ({ provider }) => `${provider} ya no ha aceptado el registro. Empieza de nuevo.`,
    },
    'not configured': {
      title: () => 'Mal configurado',
      sentence: ({ provider }) =>
        `${provider} ha rechazado este servicio. Su operador tiene que revisar los ajustes del cliente; avísale.`,
    },
    'provider retired': {
      title: ({ provider }) => `${provider} está apagado`,
      sentence: ({ provider }) =>
        `El servicio ${provider} se ha retirado. Empieza de nuevo y elige otro proveedor.`,
    },
    'provider unavailable': {
      title: () => 'Vuelve a intentarlo',
      sentence: ({ provider }) =>
        `${provider} no ha respondido como se esperaba. No se ha perdido nada; empieza de nuevo dentro de unos minutos.`,
    },
    'device scope missing': {
      title: () => 'Falta un permiso',
      sentence: ({ provider }) =>
        `Sin el permiso para ver tus dispositivos no se pueden vigilar las baterías. Empieza de nuevo y deja esa casilla marcada en ${provider}.`,
    },
    'no refresh token': {
      title: () => 'Vuelve a intentarlo',
      sentence: ({ provider }) =>
        `${provider} no ha dado un acceso duradero. Empieza de nuevo y confirma cada paso en ${provider}.`,
    },
    'no profile at provider': {
      title: ({ provider }) => `Configura primero ${provider}`,
      sentence: ({ provider, account }) =>
        `Has elegido: ${account}. No tiene perfil de ${provider}. ¿Está tu dispositivo vinculado a otra cuenta? Entonces empieza de nuevo y elige esa. Si no, configura ${provider} para esta cuenta y empieza de nuevo.`,
    },
    'account not moved': {
      title: () => 'Pasa primero tu cuenta de Fitbit a Google',
      sentence: ({ provider, account }) =>
        `Has elegido: ${account}. ${provider} no puede leerla: su cuenta de Fitbit nunca se pasó a Google. Abre la aplicación de tu dispositivo y pásala allí, o empieza de nuevo y elige otra cuenta.`,
    },
    'account refused': {
      title: ({ provider }) => `${provider} rechaza esta cuenta`,
      sentence: ({ provider, account }) =>
        `Has elegido: ${account}. ${provider} no nos deja ver sus dispositivos. Retira el acceso de este servicio en ${provider} y empieza de nuevo. Si la aplicación de tu dispositivo todavía pide entrar con Fitbit, pasa primero esa cuenta a Google.`,
    },
    'account not allowed': {
      title: () => 'Esta cuenta no puede conectarse',
      sentence: ({ provider }) =>
        `${provider} no permite conectar la cuenta que elegiste: el administrador de su organización, como un centro de estudios o una empresa, no ha autorizado este servicio, o la cuenta tiene protección avanzada. No se ha cambiado nada. Pide a ese administrador que lo autorice y empieza de nuevo; o, si tu dispositivo está vinculado a otra cuenta, empieza de nuevo y elige esa.`,
    },
    'not saved': {
      title: () => 'Vuelve a intentarlo',
      sentence: () =>
        'Ahora mismo no se ha podido guardar tu consentimiento. Empieza de nuevo; no hace falta nada más.',
    },
  },
};
