/** The viewer of a page: the language, and whether the browser is that of an app, where Google refuses to sign people in. */
import type { HttpRequest } from '@azure/functions';
import { parseAccept } from 'hono/utils/accept';
import { languages, type Language } from '../../model';
import type { Frame } from '../../pages/layout';
import { wordsIn } from '../../pages/words';
import { withNameWords } from '../../pages/words/with-name-words';
import type { Services } from '../../services';
import { isEmbeddedBrowser } from './embedded-browser';

export interface Viewer {
  /** What stands on every page, in the viewer's language. */
  readonly frame: Frame;
  /** From now on the wearer's own choice, if there is one: it counts more than the address and the browser. */
  readonly chose: (language: Language | undefined) => void;
}

export function viewerOf({ policy, operatorContact, sms }: Services, request: HttpRequest): Viewer {
  const preferred = preferredLanguage(request.headers.get('accept-language')) ?? 'en';
  let language = languageNamed(request.query.get('language')) ?? preferred;
  return {
    get frame() {
      return {
        words: sms.canBeAnswered ? wordsIn(language) : withNameWords(wordsIn(language)),
        carried: language === preferred ? undefined : language,
        serviceName: policy.serviceName,
        sharedWith: policy.sharedWith,
        contact: operatorContact,
        embeddedBrowser: isEmbeddedBrowser(request.headers.get('user-agent') ?? ''),
      };
    },
    chose(chosen) {
      language = chosen ?? language;
    },
  };
}

export function languageNamed(name: string | null): Language | undefined {
  return languages.find((language) => language === name);
}

const longestHeader = 200;

/** What a browser prefers of what we have (RFC 9110 §12.5.4). */
export function preferredLanguage(acceptLanguage: string | null): Language | undefined {
  const ranges = parseAccept((acceptLanguage ?? '').slice(0, longestHeader));
  return ranges
    .filter(({ q }) => q > 0)
    .map(({ type }) => languageNamed(type.toLowerCase().split('-')[0]!))
    .find((language) => language !== undefined);
}
