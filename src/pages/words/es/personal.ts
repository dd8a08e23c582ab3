import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const personalPage: Words['personalPage'] = {
  headline: {
    connectAgain: 'Conéctate de nuevo',
    ended: (provider) =>
      `${provider} ha terminado la conexión, así que nadie vigila tus baterías. Tu número y tus ajustes se conservan.`,
    retired: (provider) =>
      `${provider} se ha apagado, así que nadie vigila tus baterías. Tu número y tus ajustes se conservan.`,
    nobodyToConnect: 'Ahora mismo no hay ningún proveedor con el que conectarse.',
    cannotRead: 'No se pueden leer tus baterías',
    since: (time) => `Es así desde: ${time}.`,
    yours: (model) => `tu ${model}`,
    chargeNow: (device) => `Carga ${device} ahora`,
    chargeToday: (device) => `Carga ${device} hoy`,
    isAt: (device, level, left) => `${device}: queda un ${level}${left === undefined ? '' : `, ${left}`}.`,
    words: { high: 'casi llena', medium: 'a medias', low: 'baja', empty: 'agotada' },
    isWord: (device, word, left) => `${device}: batería ${word}${left === undefined ? '' : `, ${left}`}.`,
    silent: (device, day) => `Sin datos desde ${day}: ${device}`,
    wasAt: (level) => `Entonces le quedaba un ${level}.`,
    wasWord: (word) => `Entonces tenía la batería ${word}.`,
    whySilent:
      'Puede que esté sin batería, apagado o lejos de su móvil. Cárgalo y abre su aplicación cerca de él.',
    notAnswering: (provider) => `Ahora mismo no hay noticias de ${provider}`,
    keepTrying: 'Seguimos intentándolo; no tienes que hacer nada.',
    textsStopped: 'Tus SMS están parados',
    numberDead: 'Tu número no recibe SMS',
    textsPaused: 'Tus SMS están en pausa',
    stillChecked: 'Tus baterías están bien y las seguimos mirando.',
    noDevices: 'Estamos buscando tus dispositivos',
    pairOne: 'Vincula un dispositivo a tu cuenta. Aparecerá aquí después de la próxima comprobación.',
    fine: 'Todo va bien',
    lasts: (device, left) => `${device}: ${left}.`,
    checked: (time) => `Última revisión de las baterías: ${time}.`,
  },
  check: {
    permission: (provider) =>
      `${provider} ya no nos deja ver tus dispositivos, porque falta ese permiso. Conéctate de nuevo y deja marcada su casilla.`,
    profile: (provider) =>
      `Tu cuenta no tiene perfil de ${provider}, así que no se pueden leer tus baterías. Créalo en la aplicación de tu dispositivo o en el enlace de abajo; después funcionará solo.`,
    move: (provider) =>
      `${provider} no puede leer tu cuenta de Fitbit, porque nunca se pasó a Google. Pásala en la aplicación de tu dispositivo; después funcionará solo.`,
    access: (provider) =>
      `${provider} se niega a mostrarnos tus dispositivos. Retira el acceso de este servicio en el enlace de abajo y conéctate aquí de nuevo.`,
    operator: (provider) =>
      `${provider} rechaza este servicio, así que no se pueden leer tus baterías. No tienes que hacer nada: lo tiene que arreglar el operador.`,
    waiting:
      'Últimamente no se han podido leer tus baterías. Seguimos intentándolo; no tienes que hacer nada.',
  },
  devices: {
    title: 'Tus dispositivos',
    kinds: { tracker: 'Pulsera o reloj', scale: 'Báscula', phone: 'Móvil', other: 'Dispositivo' },
    levels: { high: 'Alta', medium: 'Media', low: 'Baja', empty: 'Agotada' },
    levelUnknown: 'Nivel desconocido',
    low: 'baja',
    silentSince: (day) => `sin datos desde ${day}`,
    goneSince: (day) => `no está en tu cuenta desde ${day}`,
    hoursLeft: (hours) => `quedan unas ${hours} h`,
    daysLeft: (days) => (days === 1 ? 'queda más o menos 1 día' : `quedan unos ${days} días`),
    hoursBetween: (from, to) => `Lo más probable: de ${from} a ${to} h.`,
    daysBetween: (from, to) => `Lo más probable: de ${from} a ${to} días.`,
    lastSync: (time) => `Última sincronización: ${time}.`,
    syncUnknown: 'Última sincronización desconocida.',
    noAlerts: 'De este dispositivo no hay avisos.',
    muted: 'Silenciado: no recibes SMS sobre él.',
    zone: (zone) => `Las horas son las de ${zone}.`,
    gone: (count) =>
      count === 1
        ? 'Un dispositivo que ya no está en tu cuenta'
        : `${count} dispositivos que ya no están en tu cuenta`,
    options: 'Nombre y SMS',
    yourName: (model) => `Tu nombre para este ${model}`,
    saveName: 'Guardar el nombre',
    nameUnsayable: 'Usa letras o cifras: un SMS no puede decir ese nombre.',
    mute: (device) => `Silenciar ${device}`,
    unmute: (device) => `Volver a avisar de ${device}`,
  },
  chart: {
    none: 'Todavía no hay historial de batería.',
    steady: (since, level) => `Batería desde ${since}: ${level}.`,
    between: (since, lowest, highest, last) =>
      `Batería desde ${since}: entre ${lowest} y ${highest}, la última vez ${last}.`,
    charged: (days) => `Cargado: ${days}.`,
    chargedOften: (times, lastDay) => `Cargado ${times} veces, la última ${lastDay}.`,
    hatched: (day) => `Rayado: sin datos desde ${day}.`,
    dashed: 'A trazos: la previsión.',
    dotted: (level) => `Punteado: baja, desde ${level}.`,
  },
  texts: {
    title: 'Dónde te escribimos',
    on: (number) => html`Los SMS van a ${number}.`,
    paused: (number) => html`Los SMS a ${number} están en pausa. Las baterías se miran igualmente.`,
    none: 'No recibes SMS, porque no hay ningún número.',
    stopped: (number, sender) =>
      html`Desde ${number} se respondió STOP, así que no recibe SMS. Para volver a recibirlos, envía START
      ${sender === undefined ? 'al número del que llegaban' : html`al ${sender}`}.`,
    dead: (number) =>
      html`${number} no recibe SMS, porque las compañías telefónicas dicen que ese número no existe. Escribe
      tu número otra vez, uno nuevo o el mismo.`,
    notSetUp: 'Aquí los SMS todavía no están configurados.',
    yourNumber: 'tu número',
    pause: 'Pausar los SMS',
    resume: 'Reanudar los SMS',
    test: 'Enviar un SMS de prueba',
    changeNumber: 'Cambiar o quitar el número',
    newNumber: 'Nuevo número de móvil',
    number: 'Número de móvil',
    numberHint: 'Con el prefijo del país, por ejemplo +1 425 555 0123. Primero le enviamos un código.',
    change: 'Cambiar el número',
    add: 'Añadir este número',
    remove: 'Quitar el número',
    numberMissing: 'Escribe tu número nuevo.',
  },
  settings: {
    low: (level) => `Recibes un SMS al ${level}.`,
    lowAndCritical: (level, critical) => `Recibes un SMS al ${level} y otro al ${critical}.`,
    reminded: (hours) => `Se repite cada ${hours} horas hasta que cargues.`,
    recovered: 'Te avisamos cuando vuelve a estar cargado.',
    quiet: (from, to, zone) => `No entre las ${from} y las ${to} (${zone}).`,
    language: (name) => `Idioma: ${name}.`,
    change: 'Cambiar estos ajustes',
    changeUnsaid: 'Cambiar los ajustes',
    threshold: 'Batería baja (por ciento)',
    thresholdHint: (least, most) => `De ${least} a ${most}. Un SMS cuando una batería llega ahí.`,
    criticalAt: 'Casi agotada (por ciento)',
    criticalHint: (most) => `Hasta ${most}, para un segundo SMS; 0 para ninguno.`,
    remind: 'Recordármelo hasta que esté cargado',
    never: 'Nunca',
    everyHours: (hours) => `Cada ${hours} horas`,
    tellRecovered: 'Avisarme cuando vuelva a estar cargado',
    quietHours: 'Horas de silencio',
    quietHint: 'Un SMS sobre una batería espera entonces a que terminen.',
    quietFrom: 'Silencio desde',
    quietTo: 'Silencio hasta',
    timeZone: 'Zona horaria',
    zoneYours: (zone) => `Ahora ${zone}, como elegiste.`,
    zoneFrom: (zone, provider) => `Ahora ${zone}, según ${provider}.`,
    zoneUsual: (zone, provider) => `${provider} no ha dicho dónde estás, así que se usa ${zone}.`,
    asProvider: (provider) => `Según ${provider}`,
    save: 'Guardar',
  },
  connection: {
    title: 'Conexión',
    since: (provider, day) => `Conectado a ${provider} desde ${day}.`,
    reconnect: 'Conectar de nuevo',
    reconnectWith: (provider) => `Conectar de nuevo con ${provider}`,
    whenNeeded: 'Solo lo necesitas si has cambiado permisos o quieres pasar a otro proveedor.',
    choose: 'Conectar de nuevo con',
    shared: (who) => html`Tu acceso se comparte con ${who}.`,
    endSharing: 'Dejar de compartir',
    willShare: (who) =>
      html`Con eso, tu acceso se comparte con ${who}: lo que permiten los permisos de la página siguiente
      también se puede hacer desde allí. Puedes ponerle fin aquí.`,
    missingScopes: 'No diste estos otros permisos. El servicio funciona sin ellos:',
  },
  data: {
    title: 'Esta página y tus datos',
    guard:
      'Quien tenga el enlace a esta página puede hacer todo esto. ¿Lo ha visto alguien más? Entonces cámbialo.',
    newLink: 'Cambiar este enlace',
    export: (link) =>
      html`${link('Exporta lo que está guardado sobre ti')}, como archivo para otros programas.`,
  },
  end: {
    title: 'Terminar',
    open: 'Desconectar y borrar',
    what: (provider) =>
      `Se devuelve el acceso a tu cuenta de ${provider}, y se borran tu número, tus ajustes, tus dispositivos y el historial de batería. No se puede deshacer, pero puedes registrarte otra vez.`,
    sure: 'Sí, desconectar y borrar',
    tick: 'Marca esta casilla para desconectar.',
    disconnect: 'Desconectar',
  },
  notices: {
    settings: 'Tus ajustes están guardados.',
    paused: 'Los SMS sobre baterías están en pausa.',
    resumed: 'Los SMS sobre baterías vuelven a estar activos.',
    muted: 'Este dispositivo ya no da avisos.',
    unmuted: 'Este dispositivo vuelve a dar avisos.',
    named: 'El nombre está guardado. Los SMS también lo usan.',
    unnamed: 'El nombre se ha quitado. Los SMS vuelven a usar el del modelo.',
    tested: 'Un SMS de prueba va en camino.',
    'not-tested': 'Ahora mismo no se ha podido enviar el SMS de prueba. Vuelve a intentarlo más tarde.',
    'nothing-goes': 'Ahora mismo no recibes SMS, así que no se ha enviado ninguno. Abajo está el motivo.',
    limited: 'Hoy se han enviado todos los SMS que se permiten en un día. Vuelve a intentarlo mañana.',
    number: 'Tu número está al día.',
    'no-texts': 'Tu número se ha quitado. Ya no recibes SMS.',
    'no-emails': 'Tu dirección se ha quitado. Ya no recibes correos.',
    'not-shared': 'Ya no se comparte. El acceso ya concedido caduca en unas horas.',
    'new-link':
      'Este es tu nuevo enlace. El anterior ya no funciona; guarda esta página otra vez en tus marcadores.',
  },
  welcome: {
    titles: {
      connected: 'Ya está: conexión hecha',
      'connected-again': 'Ya está: conexión hecha otra vez',
    },
    nothingToDo: (provider) =>
      `Tu cuenta de ${provider} está conectada y no tienes que hacer nada más. A partir de ahora miramos tus baterías.`,
    textTo: (number) => html`Cuando una esté baja, recibirás un SMS en el ${number}.`,
    goBack: (link) => html`Ya puedes volver: ${link}`,
    bookmark:
      'Esta es tu propia página. Guárdala en tus marcadores y no compartas el enlace: quien lo tenga puede hacer aquí todo lo que puedes hacer tú.',
  },
  goodbye: {
    title: 'Te has desconectado',
    notWatched: 'Ya nadie vigila tus baterías.',
    beingDeleted: 'Lo que está guardado sobre ti se está borrando, lo que suele tardar unos minutos.',
    deleted: 'Lo que estaba guardado sobre ti se ha borrado.',
    deletedButKeys: (provider) =>
      `Lo que estaba guardado sobre ti se ha borrado, salvo las claves de tu cuenta de ${provider}: también se han borrado, y el almacén que las guardaba las olvida definitivamente en unos minutos.`,
    deletedButCopy: (provider, day) =>
      `Lo que estaba guardado sobre ti se ha borrado. Una copia cifrada y recuperable de las claves de tu cuenta de ${provider} se borra definitivamente, a más tardar: ${day}.`,
    revoked: (provider) => `${provider} ha confirmado que el acceso a tu cuenta ya no existe.`,
    notRevoked: (provider, link) =>
      html`${provider} no ha confirmado que el acceso a tu cuenta ya no exista. Para estar tranquilo, retíralo
      allí: ${link}`,
    notYetRevoked: (provider, link) =>
      html`${provider} todavía no ha confirmado que el acceso a tu cuenta ya no exista. Para estar tranquilo,
      retíralo allí: ${link}`,
    signUpAgain: 'Registrarme otra vez',
  },
  linkUnknown: {
    title: 'Este enlace ya no vale',
    sentence: 'Se cambió por uno nuevo, está incompleto o su conexión ha terminado.',
    getLink: 'Pedir mi enlace otra vez',
    signUp: 'Registrarme',
  },
};
