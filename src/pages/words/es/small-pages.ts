import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const layout: Words['layout'] = {
  about: 'Acerca de este servicio',
  privacy: 'Privacidad',
  linkAgain: 'Pedir mi enlace otra vez',
  questions: '¿Preguntas?',
  languages: 'Idioma',
  error: 'Error',
  lookAgain: 'Revisa esto, por favor:',
};

export const fields: Words['fields'] = {
  language: 'Idioma',
  chooseOne: 'Elige una de las opciones.',
  noNumber:
    'Esto no parece un número de móvil. Escríbelo con el prefijo del país, por ejemplo +1 425 555 0123.',
  otherCountry: (countries) => `Solo podemos enviar SMS a números de estos países: ${countries}.`,
  noMobile: 'Este número no es de un móvil y no puede recibir SMS. Escribe uno de móvil.',
  agree: 'Marca esta casilla o deja el número vacío.',
  wholeNumber: ({ least, most }) => `Escribe un número entero del ${least} al ${most}.`,
  wholeNumberOrOff: ({ least, most }) => `Escribe un número entero del ${least} al ${most}; 0 lo desactiva.`,
  belowTheOther: 'Tiene que ser menor que el valor de arriba.',
  timeSuchAs: (example) => `Escribe una hora, por ejemplo ${example}.`,
  otherTime: 'Tiene que ser otra hora.',
};

export const problems: Words['problems'] = {
  title: 'No ha funcionado',
  backToSignUp: 'Volver al registro',
  otherSite: 'Abre la página de este servicio y usa su propio formulario.',
  otherForm: 'Usa los formularios de esta página.',
  formType: 'El formulario debe enviarse como application/x-www-form-urlencoded.',
  tooLarge: (kilobytes) => `La solicitud supera los ${kilobytes} KB.`,
  noLength: 'Indica la longitud de la solicitud en Content-Length: por partes no llega hasta aquí.',
  answerTooLong: 'La respuesta del proveedor es demasiado larga. Empieza de nuevo.',
  noDevice: 'Ese dispositivo ya no existe. Abre la página de nuevo.',
  noConnection: 'Esa conexión no existe.',
  tooManyRequests: 'Hoy han llegado demasiadas solicitudes desde tu red. Vuelve a intentarlo mañana.',
  tooManySignUps: 'Hoy han llegado demasiados registros desde tu red. Vuelve a intentarlo mañana.',
  tooOften: 'Eso se ha hecho demasiadas veces hoy. Vuelve a intentarlo mañana.',
  notSetUp: 'Este servicio todavía no está preparado para eso. Avisa a su operador.',
  storeSilent:
    'Un almacén que este servicio necesita no ha respondido. Empieza de nuevo dentro de un minuto.',
  ourSide: 'Algo ha fallado por nuestra parte. Empieza de nuevo dentro de un minuto.',
};

export const link: Words['link'] = {
  title: 'Pide tu enlace otra vez',
  intro: 'Tu página personal muestra tus baterías y tus ajustes. Podemos enviarte su enlace por SMS.',
  number: 'Tu número de móvil',
  numberHint: 'El número en el que recibes los SMS, con el prefijo del país, por ejemplo +1 425 555 0123.',
  send: 'Enviarme el enlace',
  otherNumber: (signUpAgain) =>
    html`¿Ya no tienes número, o tienes otro? ${signUpAgain('Regístrate de nuevo')} con la misma cuenta: se
    conserva todo.`,
  sentTitle: 'Mira tu móvil',
  sent: 'Si este número está registrado, ya va en camino un SMS con el enlace.',
  nothingCame:
    '¿Han pasado unos minutos y no llega nada? Entonces este número seguramente no está registrado aquí, o respondió STOP.',
  tryAnother: 'Probar con otro número',
};

export const confirm: Words['confirm'] = {
  title: 'Escribe el código',
  titles: {
    'code expired': 'Ese código ha caducado',
    'no tries left': 'Demasiados códigos incorrectos',
    'not sent': 'No se ha podido enviar el SMS',
    undeliverable: 'No se ha podido enviar el SMS',
  },
  onItsWay: (number, minutes) =>
    html`Un SMS con un código va en camino a ${number}. El código vale ${minutes} minutos.`,
  newOnItsWay: (number, minutes) =>
    html`Un código nuevo va en camino a ${number}. El código vale ${minutes} minutos.`,
  expired: (number, minutes) => html`El código enviado a ${number} valía ${minutes} minutos.`,
  noTriesLeft: (number) => html`Para que nadie lo adivine, el código enviado a ${number} ya no sirve.`,
  haveNewOneSent: 'Pide que te enviemos otro.',
  tryLater: 'Vuelve a intentarlo más tarde.',
  noneTexted: (number) => html`No se ha podido enviar ningún código a ${number}.`,
  noneTextedNow: (number) =>
    html`Ahora mismo no se ha podido enviar ningún código a ${number}. No es culpa de tu número.`,
  tryInMinutes: 'Vuelve a intentarlo dentro de unos minutos.',
  undeliverable: (number) =>
    html`No se ha podido entregar el SMS a ${number}. Revisa el número y vuelve a intentarlo, o usa otro.`,
  undeliverableNow: (number) =>
    html`No se ha podido entregar el SMS a ${number}. Revisa el número y vuelve a intentarlo más tarde, o usa
    otro.`,
  code: 'Código del SMS',
  confirm: 'Confirmar',
  wrong: (triesLeft) =>
    `Este no es el código del último SMS. Míralo otra vez; te ${
      triesLeft === 1 ? 'queda un intento' : `quedan ${triesLeft} intentos`
    }.`,
  sixDigits: 'El código tiene seis cifras. Escribe las del último SMS.',
  tooManyCodes:
    'Hoy se han enviado todos los códigos que se permiten en un día. Vuelve a esta página mañana.',
  noText: '¿No llega el SMS? Puede tardar un minuto.',
  afterStop: (sender) =>
    html`¿Respondiste STOP alguna vez desde ese número? Entonces envía antes START
    ${sender === undefined ? 'al número del que llegaban los SMS' : html`al ${sender}`}.`,
  noNewCode: 'Ahora mismo no se puede enviar otro código.',
  sendNew: 'Enviar otro código',
  without: {
    title: '¿Sin SMS, o con otro número?',
    text: (signUpAgain) =>
      html`Tu cuenta queda conectada en cualquier caso, y puedes añadir un número más adelante. Para usar otro
      número ahora, ${signUpAgain('regístrate de nuevo')}.`,
    deleted: (hours) =>
      `Si no haces esto ni escribes un código, el registro se borra al cabo de ${hours} horas.`,
    skip: 'Continuar sin SMS',
  },
  unchanged: 'Hasta que se confirme el número nuevo, todo sigue como está.',
  done: {
    title: 'Tu número está confirmado',
    sentence: 'El enlace a tu página personal está en el mensaje que hemos enviado a tu número.',
  },
  unknown: {
    title: 'Aquí no hay ningún código que escribir',
    sentence:
      'Si ya has escrito tu código, todo está bien. Si no: cada código pertenece al navegador en el que se pidió, y solo vale un tiempo. Abre esta página allí o empieza de nuevo; un registro sin confirmar se borra al cabo de 24 horas.',
    signUpAgain: 'Registrarme de nuevo',
    getLink: 'Pedir mi enlace',
  },
};

export const unsubscribe: Words['unsubscribe'] = {
  asked: {
    title: 'Terminar los correos',
    sentence:
      'Así terminan todos nuestros correos a la dirección que recibió este enlace, también los avisos de poca carga. Tu cuenta sigue conectada.',
    button: 'Terminar',
  },
  ended: {
    title: 'Ya no recibes correos',
    sentence: 'No enviamos más correos a esta dirección. Tu cuenta sigue conectada.',
    button: 'Quiero recibirlos otra vez',
  },
  begun: {
    title: 'Vuelves a recibir correos',
    sentence: 'Te avisamos otra vez por correo cuando quede poca carga.',
    button: 'Terminar',
  },
  unknown: {
    title: 'Este enlace no funciona',
    sentence:
      'Abre el enlace tal como está al final de uno de nuestros correos. También puedes terminarlos en tu página personal.',
    getLink: 'Pedir mi enlace',
  },
};
