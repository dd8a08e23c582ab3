/** Describes the pages for wearers, and what every page needs. They are HTML; the one answer for a program is the wearer's export. */
import * as z from 'zod';
import { exported } from '../../model/answers/export';
import { mistypedPaths, paths } from '../../paths';
import { broken, form, html, otherHost, redirect, sent, shown } from './describe-page';
import * as requests from './page-forms';
import { jsonOf, type Described, type DescribedFunction, type Descriptions } from './plain-operation';

const tag = 'Pages';
const parts = { link: 'The secret part of the personal link.' };

/** Functions take only its type from here. */
export const exportAnswers = { 200: exported };

const tooOften = { 429: html('This was asked for too often; the page says so.') };
const unknownUnsubscribe = { 404: html('The link is none of this service.') };
const unknownLink = { 404: html('There is no such personal link, or it has been replaced.') };

function leads(to: string, description: string): DescribedFunction {
  const summary = `Lead to \`${to}\``;
  return { tag, methods: { get: shown({ summary, description, answers: { 303: redirect('That page.') } }) } };
}

const toSignUp = leads(paths.signUp, 'For people who type in only the host.');

function moved(to: string, more: Partial<DescribedFunction> = {}): DescribedFunction {
  const described: Described = {
    summary: `Lead to \`${to}\`, where this page is now`,
    description: 'Links in old texts still lead here.',
    answers: { 308: redirect('The same request, at the new address.'), 303: otherHost, ...broken },
  };
  return { tag, deprecated: true, ...more, methods: { get: described, post: described } };
}

function file(summary: string, type: string): DescribedFunction {
  const content = { [type]: z.unknown() };
  return {
    tag,
    methods: {
      get: {
        summary,
        description: 'The same for everybody; it may be kept for a day.',
        answers: { 200: { description: 'The file.', content } },
      },
    },
  };
}

export const wearerPageFunctions: Descriptions = {
  frontPage: toSignUp,
  frontPageOfApi: toSignUp,
  signUp: {
    tag,
    methods: {
      get: shown({
        summary: 'Show the form to sign up',
        description: 'With an invite, the form carries it along.',
        query: requests.signUpQuery,
        answers: {
          200: html('The form.'),
          400: html('The form; the invite has expired or was used already.'),
        },
      }),
      post: sent({
        summary: 'Begin a sign-up',
        description: 'The answer sets a cookie, and only the browser that has it can finish the sign-up.',
        body: form(requests.signUpForm),
        answers: { 303: redirect('The consent page of the provider.'), ...tooOften },
      }),
    },
  },
  oauthCallback: {
    tag,
    methods: {
      head: shown({
        summary: "Answer a link preview in place of the provider's answer",
        description: 'A preview must not use up what works once.',
        query: requests.callbackQuery,
        answers: { 200: html('Nothing was done.') },
      }),
      get: shown({
        summary: "Take the provider's answer after a consent",
        description: 'It works once, and only in the browser that began the sign-up.',
        query: requests.callbackQuery,
        answers: {
          303: redirect('The page that comes next, or the same page under the host name of `PUBLIC_URL`.'),
          400: html('The sign-up was refused; the page says why.'),
          410: html('The provider is switched off; the page says so.'),
          ...tooOften,
        },
      }),
    },
  },
  confirm: {
    tag,
    methods: {
      get: shown({
        summary: 'Ask for the code that was texted, or say that a link was mailed',
        description: 'A cookie says which number or address it is about.',
        answers: {
          200: html('The form, or what is known of a code or link.'),
          400: html('The connection that it belongs to is gone.'),
        },
      }),
      post: sent({
        summary: 'Confirm a number, ask for another code or link, or go on without an address',
        description: 'A wrong code uses up one of the tries.',
        body: form(requests.confirmForm),
        answers: {
          200: html('The address is confirmed, or the wearer goes on without it.'),
          303: redirect('The page that comes next.'),
          ...unknownLink,
        },
      }),
    },
  },
  confirmEmail: {
    tag,
    parts: { secret: 'The secret part of the link that was mailed.' },
    methods: {
      get: shown({
        summary: 'Ask whether an e-mail address is right',
        description: 'It changes nothing, because mail programs open links before people do.',
        answers: {
          200: html('The page with the button, or the address is confirmed already.'),
          404: html('There is no such link, or it is over.'),
        },
      }),
      post: sent({
        summary: 'Confirm an e-mail address',
        description: 'From any browser: the link shows that the mailbox was opened.',
        answers: {
          200: html('The address is confirmed already.'),
          303: redirect("The wearer's own page."),
          404: html('There is no such link, or it is over.'),
        },
      }),
    },
  },
  personalPage: {
    tag,
    parts,
    methods: {
      get: shown({
        summary: "Show the wearer's own page",
        description: 'The link is the secret: the person who has it is the wearer.',
        answers: { 200: html('The page.'), ...unknownLink },
      }),
      post: sent({
        summary: 'Change what the wearer can change',
        description: '`action` says what to do, and which of the other fields count.',
        body: form(requests.personalForm),
        answers: {
          200: html('The page again, with what has to be changed, or a goodbye.'),
          303: redirect('The page that comes next.'),
          ...unknownLink,
          ...tooOften,
        },
      }),
    },
  },
  personalExport: {
    tag,
    parts,
    methods: {
      get: shown({
        summary: 'Give the wearer everything that is stored about them',
        description:
          'The tokens are left out, because they are the key to the account and not data about the wearer.',
        answers: {
          200: jsonOf('Everything but the tokens.', exportAnswers[200]),
          ...unknownLink,
        },
      }),
    },
  },
  sendLink: {
    tag,
    methods: {
      get: shown({
        summary: 'Show the form to get a personal link again',
        description: 'For a wearer who has lost the texts with the link.',
        answers: { 200: html('The form.') },
      }),
      post: sent({
        summary: 'Send the personal links of a number or an e-mail address',
        description: 'The links are sent there, so that only the owner of the address gets them.',
        body: form(requests.linkForm),
        answers: { 200: html('The same page for every address, known or not.'), ...tooOften },
      }),
    },
  },
  unsubscribe: {
    tag,
    parts: { secret: 'Stands for an address; from the link at the end of an e-mail.' },
    methods: {
      get: shown({
        summary: 'Ask whether the e-mails to an address shall end',
        description: 'It changes nothing, because mail programs open links before people do.',
        answers: { 200: html('The page with the button.'), ...unknownUnsubscribe },
      }),
      post: {
        summary: 'End the e-mails to an address, or begin them again',
        description:
          'One-click unsubscription (RFC 8058): whoever has the link may ask, from anywhere, and the body is not looked at. It comes ' +
          'to the same however often it is asked for, also for an address that nobody has any more.',
        query: requests.unsubscribeQuery,
        body: {
          ...form(requests.unsubscribeForm),
          'multipart/form-data': requests.unsubscribeForm,
        },
        answers: {
          200: html('The e-mails have ended, or begin again; the page says so.'),
          400: html('Another site asks for the e-mails to begin again.'),
          ...unknownUnsubscribe,
          ...broken,
        },
      },
    },
  },
  privacy: {
    tag,
    methods: {
      get: shown({
        summary: 'Say what is stored, where and how long',
        description: 'It also says with whom access is shared.',
        answers: { 200: html('The page.') },
      }),
    },
  },
  oldSignUp: moved('/signup'),
  oldConfirm: moved('/confirm'),
  oldSendLink: moved('/link'),
  oldPrivacy: moved('/privacy'),
  oldPersonalPage: moved('/m/{link}', { parts: { link: 'What followed `/m/`.' } }),
  mistypedSignUp: leads(mistypedPaths.mistypedSignUp.leadsTo, 'People often type this by mistake.'),
  mistypedPrivacy: leads(mistypedPaths.mistypedPrivacy.leadsTo, 'People often type this by mistake.'),
  cutPersonalLink: leads(
    mistypedPaths.cutPersonalLink.leadsTo,
    'It is what is left of a personal link that was cut before its secret part.',
  ),
  favicon: file('Give the icon of the pages', 'image/x-icon'),
  robots: file('Tell crawlers that they may look at every page', 'text/plain'),
};
