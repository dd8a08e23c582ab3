import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const byEmail: Words['byEmail'] = {
  ways: { legend: '¿Cómo te avisamos?', sms: 'Por SMS', email: 'Por correo' },
  intro: 'Un correo antes de quedarte sin batería.',
  introEither: 'Un aviso antes de quedarte sin batería.',
  address: 'Correo electrónico (opcional)',
  addressHint: 'Primero te enviamos un enlace.',
  addressMissing: 'Escribe la dirección para tus correos, o desmarca la casilla de abajo.',
  noAddress: 'Esto no parece una dirección de correo. Escribe una como ada@example.org.',
  otherLetters:
    'Este servicio no puede escribir a una dirección con letras como ñ o é antes de la @. Escribe otra.',
  tick: 'Marca esta casilla, o deja la dirección vacía.',
  agree: (service) =>
    `Acepto recibir en esta dirección correos automáticos recurrentes de ${service}: avisos de batería baja y de conexión de mi dispositivo, y enlaces para confirmar la dirección.`,
  agreeShort: 'Aceptación de los correos',
  terms: (privacy) =>
    html`Suelen ser de 2 a 10 al mes. Cada aviso lleva un enlace para dejar de recibirlos. Aceptarlos no es
    una condición para usar este servicio. ${privacy('Privacidad y condiciones')}`,
  confirm: {
    title: 'Mira tu correo',
    notSent: 'No se ha podido enviar el correo',
    onItsWay: (address, hours) =>
      html`Un correo con un enlace va en camino a ${address}. Abre el enlace, en este dispositivo o en otro, y
      pulsa allí el botón. Vale ${hours} horas.`,
    sentAgain: (address) => html`Otro correo con un enlace va en camino a ${address}.`,
    noneSent: (address) => html`No se ha podido enviar ningún correo a ${address}.`,
    noneSentNow: (address) =>
      html`Ahora mismo no se ha podido enviar ningún correo a ${address}. No es culpa de tu dirección.`,
    undeliverable: (address) =>
      html`No se ha podido entregar el correo a ${address}. Revisa la dirección y vuelve a intentarlo, o usa
      otra.`,
    undeliverableNow: (address) =>
      html`No se ha podido entregar el correo a ${address}. Revisa la dirección y vuelve a intentarlo más
      tarde, o usa otra.`,
    tooMany: 'Hoy se han enviado todos los correos que se permiten en un día. Vuelve a esta página mañana.',
    noMail: '¿No llega el correo? Puede tardar un minuto, y quizá esté en la carpeta de spam.',
    notNow: 'Ahora mismo no se puede enviar otro.',
    sendAgain: 'Enviarlo otra vez',
    without: {
      title: '¿Sin correos, o con otra dirección?',
      text: (signUpAgain) =>
        html`Tu cuenta queda conectada en cualquier caso, y puedes añadir una dirección más adelante. Para
        usar otra dirección ahora, ${signUpAgain('regístrate de nuevo')}.`,
      deleted: (hours) =>
        `Si no haces esto ni pulsas el botón de la página del enlace, el registro se borra al cabo de ${hours} horas.`,
      skip: 'Continuar sin correos',
    },
    unchanged: 'Hasta que se confirme la dirección nueva, todo sigue como está.',
    done: {
      title: 'Tu dirección está confirmada',
      sentence: 'El enlace a tu página personal está en el correo que hemos enviado a tu dirección.',
    },
    ask: {
      title: '¿Es esta tu dirección?',
      why: (service, provider, address) =>
        html`Alguien ha conectado una cuenta de ${provider} con ${service}, y quiere los avisos de batería en
        ${address}.`,
      yes: 'Sí, enviarlos aquí',
      no: '¿No has sido tú? Entonces cierra esta página: no se enviará nada más.',
    },
    unknown: {
      title: 'Este enlace ya no sirve',
      sentence:
        'Vale 24 horas, y solo mientras no se haya elegido otra cosa; o está incompleto. Empieza de nuevo, o pide el enlace a tu página personal.',
    },
  },
  link: {
    intro: 'Tu página personal muestra tus baterías y tus ajustes. Podemos enviarte su enlace por correo.',
    introEither: 'Tu página personal muestra tus baterías y tus ajustes. Podemos enviarte su enlace.',
    address: 'Tu correo electrónico',
    addressHint: 'La dirección en la que recibes los correos.',
    send: 'Enviarme el enlace',
    otherAddress: (signUpAgain) =>
      html`¿Ya no tienes dirección, o tienes otra? ${signUpAgain('Regístrate de nuevo')} con la misma cuenta:
      se conserva todo.`,
    sentTitle: 'Mira tu correo',
    sent: 'Si esta dirección está registrada, ya va en camino un correo con el enlace.',
    nothingCame:
      '¿Han pasado unos minutos y no llega nada? Mira en la carpeta de spam; si no, esta dirección seguramente no está registrada aquí, o se dio de baja.',
    tryAnother: 'Probar con otra dirección',
  },
  personal: {
    headline: {
      ended: (provider) =>
        `${provider} ha terminado la conexión, así que nadie vigila tus baterías. Tu dirección y tus ajustes se conservan.`,
      retired: (provider) =>
        `${provider} se ha apagado, así que nadie vigila tus baterías. Tu dirección y tus ajustes se conservan.`,
      textsStopped: 'Tus correos están parados',
      numberDead: 'Tu dirección no recibe correos',
      textsPaused: 'Tus correos están en pausa',
    },
    devices: {
      noAlerts: 'De este dispositivo no hay avisos.',
      muted: 'Silenciado: no recibes correos sobre él.',
      options: 'Nombre y correos',
      nameUnsayable: 'Usa letras o cifras: un correo no puede decir ese nombre.',
    },
    texts: {
      on: (address) => html`Los correos van a ${address}.`,
      paused: (address) => html`Los correos a ${address} están en pausa. Las baterías se miran igualmente.`,
      stopped: (address) => html`${address} se dio de baja, así que no recibe correos.`,
      dead: (address) =>
        html`${address} no recibe correos, porque los que enviamos volvieron. Escribe tu dirección otra vez,
        una nueva o la misma.`,
      notSetUp: 'Aquí los correos ya no están configurados.',
      yourNumber: 'tu dirección',
      pause: 'Pausar los correos',
      resume: 'Reanudar los correos',
      test: 'Enviar un correo de prueba',
      changeNumber: 'Cambiar o quitar la dirección',
      change: 'Cambiar la dirección',
      remove: 'Quitar la dirección',
    },
    settings: {
      low: (level) => `Recibes un correo al ${level}.`,
      lowAndCritical: (level, critical) => `Recibes un correo al ${level} y otro al ${critical}.`,
      thresholdHint: (least, most) => `De ${least} a ${most}. Un correo cuando una batería llega ahí.`,
      criticalHint: (most) => `Hasta ${most}, para un segundo correo; 0 para ninguno.`,
      quietHint: 'Un correo sobre una batería espera entonces a que terminen.',
    },
    end: {
      what: (provider) =>
        `Se devuelve el acceso a tu cuenta de ${provider}, y se borran tu dirección, tus ajustes, tus dispositivos y el historial de batería. No se puede deshacer, pero puedes registrarte otra vez.`,
    },
    notices: {
      paused: 'Los correos sobre baterías están en pausa.',
      resumed: 'Los correos sobre baterías vuelven a estar activos.',
      muted: 'Ya no recibes correos sobre este dispositivo.',
      unmuted: 'Vuelves a recibir correos sobre este dispositivo.',
      named: 'El nombre está guardado. Los correos también lo usan.',
      unnamed: 'El nombre se ha quitado. Los correos vuelven a usar el del modelo.',
      tested: 'Un correo de prueba va en camino.',
      'not-tested': 'Ahora mismo no se ha podido enviar el correo de prueba. Vuelve a intentarlo más tarde.',
      'nothing-goes':
        'Ahora mismo no recibes correos, así que no se ha enviado ninguno. Abajo está el motivo.',
      limited: 'Hoy se han enviado todos los correos que se permiten en un día. Vuelve a intentarlo mañana.',
      number: 'Tu dirección está al día.',
    },
    welcome: {
      textTo: (address) => html`Cuando una esté baja, recibirás un correo en ${address}.`,
    },
  },
  page: {
    none: 'No recibes avisos, porque no hay ni número ni dirección.',
    noAddress: 'No recibes avisos, porque no hay ninguna dirección.',
    newAddress: 'Nuevo correo electrónico',
    address: 'Correo electrónico',
    addressHint: 'Primero le enviamos un enlace.',
    addressMissing: 'Escribe tu dirección nueva.',
    eitherMissing: 'Escribe tu número o tu dirección nueva.',
    change: 'Cambiar',
    add: 'Añadir',
    addAddress: 'Añadir esta dirección',
    again: 'Volver a recibir correos',
  },
};
