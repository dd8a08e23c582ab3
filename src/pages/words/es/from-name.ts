import { html } from 'hono/html';
import type { Words } from '../catalogue';

export const fromName: Words['fromName'] = {
  signUp: {
    terms: (privacy) =>
      html`La frecuencia de los mensajes varía, normalmente de 2 a 10 al mes. Pueden aplicarse tarifas de
      mensajes y datos. No se puede responder a estos SMS: el enlace de cada aviso lleva a tu página personal,
      donde puedes darte de baja. Dar tu conformidad no es condición para usar este servicio.
      ${privacy('Privacidad y condiciones de los SMS')}`,
  },
  link: {
    nothingCame:
      '¿Han pasado unos minutos y no llega nada? Entonces este número seguramente no está registrado aquí.',
  },
  privacy: {
    replies:
      'No se puede responder a los SMS. Puedes dejar de recibirlos, o volver a recibirlos, en tu página personal: su enlace está en cada aviso.',
    repliesOr: (contact) =>
      html`No se puede responder a los SMS. Puedes dejar de recibirlos, o volver a recibirlos, en tu página
      personal: su enlace está en cada aviso. Para pedir ayuda, pregunta a ${contact}.`,
  },
  personal: {
    stopped: (number) => html`Desde ${number} se respondió STOP una vez, así que no recibe SMS.`,
  },
  removeAndEnd: 'Dejar de recibir SMS y quitar el número',
  again: 'Volver a recibir SMS',
};
