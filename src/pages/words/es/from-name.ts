import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const fromName: Words['fromName'] = {
  signUp: {
    terms: (privacy) =>
      html`La frecuencia de los mensajes varía, normalmente de 2 a 10 al mes. Pueden aplicarse tarifas de
      mensajes y datos. Estos SMS no se pueden responder: el enlace de cada aviso lleva a tu página personal,
      donde puedes terminarlos. Dar tu conformidad no es condición para usar este servicio.
      ${privacy('Privacidad y condiciones de los SMS')}`,
  },
  link: {
    nothingCame:
      '¿Han pasado unos minutos y no llega nada? Entonces este número seguramente no está registrado aquí.',
  },
  privacy: {
    replies:
      'Los SMS no se pueden responder. Termínalos, o vuelve a empezar, en tu página personal: su enlace está en cada aviso.',
    repliesOr: (contact) =>
      html`Los SMS no se pueden responder. Termínalos, o vuelve a empezar, en tu página personal: su enlace
      está en cada aviso. Para pedir ayuda, pregunta a ${contact}.`,
  },
  personal: {
    stopped: (number) => html`Desde ${number} se respondió STOP una vez, así que no recibe SMS.`,
    remove: 'Terminar los SMS y quitar el número',
  },
  again: 'Volver a recibir SMS',
};
