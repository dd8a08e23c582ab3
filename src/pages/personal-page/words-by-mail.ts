/** The words of the personal page for somebody who gets e-mails: the same page says e-mail where it said text. */
import type { Frame } from '../layout';
import type { Words } from '../words/catalogue';

export function withMailWords(frame: Frame): Frame {
  const { words } = frame;
  return { ...frame, words: { ...words, personalPage: mailWords(words) } };
}

function mailWords({ personalPage, byEmail: { personal } }: Words): Words['personalPage'] {
  return {
    ...personalPage,
    headline: { ...personalPage.headline, ...personal.headline },
    devices: { ...personalPage.devices, ...personal.devices },
    texts: { ...personalPage.texts, ...personal.texts },
    settings: { ...personalPage.settings, ...personal.settings },
    end: { ...personalPage.end, ...personal.end },
    notices: { ...personalPage.notices, ...personal.notices },
    welcome: { ...personalPage.welcome, ...personal.welcome },
  };
}
