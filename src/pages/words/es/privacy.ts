import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const privacy: Words['privacy'] = {
  title: 'Privacidad y condiciones de los SMS',
  yourProvider: 'tu proveedor',
  read: {
    title: 'Qué se lee y para qué',
    watches: (service) =>
      `${service} vigila las baterías de tus dispositivos y te envía un SMS o un correo antes de que una se agote.`,
    reads: (providers) => `Con tu permiso, lee de ${providers}:`,
    devices:
      'tus dispositivos vinculados: modelo, tipo, nivel de batería y hora de la última sincronización;',
    timeZone: 'tu zona horaria, para que las horas de silencio sean las tuyas;',
    account: 'el identificador de tu cuenta allí, para que registrarte dos veces no cree dos conexiones.',
    usedOnly: 'Eso se usa para mantener la conexión y escribirte, y para nada más.',
    used: 'Eso se usa para mantener la conexión y escribirte.',
    further:
      'Si la página de consentimiento pide otros permisos, los ha añadido el operador; este servicio no lee nada con ellos.',
    fromYou:
      'De ti guarda, si quieres que te escriba, tu número de móvil o tu correo electrónico, tu conformidad con ello y tus ajustes.',
  },
  kept: {
    title: 'Qué se guarda, dónde y durante cuánto tiempo',
    azure:
      'Todo está en la cuenta de Microsoft Azure del operador de este servicio, cifrado al guardarse y al transmitirse.',
    items: {
      keys: {
        what: 'Las claves de tu cuenta (tokens de acceso y de actualización), con su identificador',
        how: 'En Azure Key Vault, hasta que te desconectes. Después, el almacén conserva una copia cifrada y recuperable durante 90 días como máximo y la borra definitivamente. Si el almacén no responde, las claves esperan cifradas en Azure Tables hasta que lo haga; también puede haber allí un token de acceso de las últimas horas, cifrado del mismo modo. Allí hay además un hash del identificador para volver a encontrar tu conexión.',
      },
      number: {
        what: 'Tu número o tu correo electrónico, tu conformidad con los SMS o los correos, ajustes, zona horaria y el nombre que el operador da a tu conexión',
        how: 'En Azure Tables, hasta que los quites o te desconectes.',
      },
      devices: {
        what: 'Tus dispositivos y su último nivel de batería',
        how: 'En Azure Tables, hasta que te desconectes.',
      },
      readings: {
        what: 'Niveles de batería, para el historial y la previsión',
        how: (days) => `En Azure Tables, durante ${days} días como máximo.`,
      },
      messages: {
        what: 'SMS y correos: qué decían, cuándo y si se enviaron',
        how: (days) => `En Azure Tables, durante ${days} días como máximo.`,
      },
      unfinished: {
        what: 'Un registro que no se terminó',
        how: 'No sirve pasados diez minutos, o 24 horas si solo faltó confirmar el número o la dirección; después se borra.',
      },
      consent: {
        what: 'Prueba de tu consentimiento a los SMS o los correos',
        how: (years) =>
          `Un hash con clave del número o de la dirección, cuándo aceptaste y qué texto, y cuándo terminó: en Azure Tables, hasta ${years} años después del final, también después de que te desconectes. Durante ese tiempo se puede reclamar por ellos.`,
      },
      abuse: {
        what: 'Protección contra el abuso',
        how: (years) =>
          `Cuántas veces se pidieron SMS y correos en un día, y que un número respondió STOP o una dirección se dio de baja. Los números, los correos electrónicos y las direcciones de red figuran allí solo como hashes con clave, que no los revelan. Eso se recuerda durante ${years} años, y mientras alguien tenga el número o la dirección aquí, también después de que te desconectes.`,
      },
      logs: {
        what: 'Registros técnicos',
        how: 'Nombran las conexiones con identificadores aleatorios y no contienen números, correos electrónicos, nombres de dispositivos ni tokens.',
      },
    },
    cookies: (strong) =>
      html`${strong('Cookies:')} tres, todas estrictamente necesarias. Una une tu registro a tu navegador
      mientras estás en la página del proveedor; otra lo hace durante un día, para que puedas confirmar tu
      número o tu dirección, y una guarda durante un minuto lo que tiene que decir la página siguiente. No hay
      publicidad, ni análisis, ni scripts, y no se carga nada de otros sitios.`,
  },
  shared: {
    title: 'Quién más lo recibe',
    with: (who) =>
      html`También puede usar tu acceso, si se te dijo al conectarte: ${who}. Puede leer lo que permiten los
      permisos de la página de consentimiento, y cambiarlo donde estos lo digan. También ve si tu conexión
      funciona y cuánta batería queda, y se le avisa cuando a un dispositivo le queda poca o deja de dar
      datos, cuando la conexión se rompe o vuelve a funcionar, y cuando le pones fin o te desconectas. De aquí
      no recibe ningún número, ningún correo electrónico, ningún SMS ni ningún token de actualización. Lo que
      haga con lo demás, te lo tiene que decir. Puedes ponerle fin en tu página personal.`,
    nobody: 'Nadie lo compra, y no se comparte.',
    nobodyElse: 'Nadie lo compra, y no se comparte de ninguna otra forma.',
    handledBy:
      'Solo lo tratan aquellos sin quienes no puede funcionar: Microsoft Azure, donde se guarda y desde donde se envían los SMS y los correos, y las compañías que los entregan en tu móvil o tu buzón. Las personas que te atienden por encargo del operador, como el equipo de un estudio, ven si tu conexión funciona, cuánta carga tienen tus baterías, cuándo se te escribió y las notas que ellas mismas escriben; no ven enteros ni tu número ni tu dirección, ni tampoco tus tokens. Nadie más lo lee, salvo el operador cuando pides ayuda, o cuando la seguridad o la ley lo exigen. No se usa para publicidad, crédito ni seguros, ni para entrenar inteligencia artificial.',
    google: (service, userData, health) =>
      html`El uso por parte de ${service} de la información recibida de las API de Google, y su transferencia
      a cualquier otra aplicación, cumplirán la ${userData('Google API Services User Data Policy')}, incluidos
      los requisitos de uso limitado (Limited Use), y la
      ${health('Google Health API Developer and User Data Policy')}.`,
  },
  texts: {
    title: 'Condiciones de los SMS',
    onlyIfAsked: (service, sender) =>
      `${service} te envía SMS${sender === undefined ? '' : ` desde ${sender}`} solo si los has pedido: avisos de batería baja y de conexión de tu dispositivo, y códigos de registro.`,
    frequency:
      'La frecuencia de los mensajes varía, normalmente de 2 a 10 al mes. Pueden aplicarse tarifas de mensajes y datos.',
    emails:
      'Los correos también llegan solo si los has pedido. Cada aviso lleva un enlace para dejar de recibirlos; en tu página personal hay un botón para volver a recibirlos.',
    replies: 'Responde STOP para terminar, START para volver a empezar, HELP para pedir ayuda.',
    repliesOr: (contact) =>
      html`Responde STOP para terminar, START para volver a empezar, HELP para pedir ayuda, o pregunta a
      ${contact}.`,
    noCondition:
      'Dar tu conformidad no es condición para usar este servicio. Los operadores de telefonía no responden de los SMS que se retrasen o se pierdan.',
    neverSold:
      'Los números de móvil, los correos electrónicos y tu conformidad con los SMS o los correos nunca se venden, y nunca se comparten con terceros ni con empresas vinculadas con fines de marketing o promoción.',
  },
  yours: {
    title: 'Ver, cambiar, llevarte y terminar',
    page: (getLinkAgain, providers) =>
      html`En tu página personal ves lo que está guardado, y puedes exportarlo, cambiarlo, quitar tu número o
      tu dirección, o desconectarte: entonces se devuelve el acceso a tu cuenta y se borra todo lo que, según
      lo anterior, termina en ese momento. Si has perdido el enlace a tu página,
      ${getLinkAgain('pídelo otra vez')}. También puedes retirar el acceso en ${providers}, en los ajustes de
      tu cuenta allí.`,
    else: (contact) => html`Para todo lo demás, como una rectificación o una queja: ${contact}.`,
    whoGaveAddress: 'pregunta a la persona que te dio la dirección de este servicio',
    changed: (month) => `Último cambio: ${month}.`,
  },
};
