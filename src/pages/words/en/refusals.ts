/** Why a sign-up did not work, after the provider's consent page. `account` says which one was chosen there. */
interface Refused {
  readonly provider: string;
  readonly account: string;
}

interface Refusal {
  readonly title: (about: Refused) => string;
  readonly sentence: (about: Refused) => string;
}

export const refusals = {
  startAgain: 'Start again',
  theProvider: 'the provider',
  /** "Google account ada@example.com", as far as it is known. */
  account: (at: string = '', name: string = '') => `${at} account ${name}`.trim(),
  enterCode: 'Enter the code I was texted',
  setUp: (provider: string) => `Set up ${provider}`,
  seeAccess: 'See who has access',
  why: {
    'state unknown': {
      title: () => 'This sign-up is not known',
      sentence: () => 'It may be too old, or the address is incomplete. Please start again.',
    },
    'state used': {
      title: () => 'This page was opened before',
      sentence: () =>
        'Each sign-up works once, and this one has been used. If you saw "You are connected", everything is fine. If you were asked for a code, enter it; otherwise please start again.',
    },
    'state expired': {
      title: () => 'That took too long',
      sentence: () => 'A sign-up has to be finished within ten minutes. Please start again.',
    },
    'other browser': {
      title: () => 'Please finish in the same browser',
      sentence: () =>
        'This sign-up was started in another browser, or its cookie is gone. Please start again in this browser and stay in it. If you come here again, allow cookies for this site.',
    },
    'other account': {
      title: () => 'That was another account',
      sentence: ({ account }) =>
        `The ${account} that you chose is not the one that is connected here. Nothing was changed. Please reconnect and choose the other one, or sign up anew for this one.`,
    },
    disconnected: {
      title: () => 'You have disconnected',
      sentence: ({ provider }) =>
        `You disconnected your ${provider} account while you were there, so it stays disconnected. To connect it again, sign up anew.`,
    },
    'invite used': {
      title: () => 'This invitation is used up',
      sentence: () =>
        'This invitation has been used by somebody else, or has expired. Nothing is stored. Please ask the person who sent it to you for a new one.',
    },
    'other provider': {
      title: () => 'The answer came from somebody else',
      sentence: ({ provider }) =>
        `This sign-up was sent to ${provider}, but another provider answered. Nothing is stored; please start again.`,
    },
    'consent denied': {
      title: () => 'Nothing was connected',
      sentence: ({ provider }) =>
        `You said no at ${provider}, so nothing is stored. If that was a mistake, start again.`,
    },
    'provider error': {
      title: () => 'That did not work',
      sentence: ({ provider }) => `${provider} did not finish the sign-up. Please start again.`,
    },
    'code refused': {
      title: () => 'That took too long',
      sentence: ({ provider }) => `${provider} did not accept the sign-up any more. Please start again.`,
    },
    'not configured': {
      title: () => 'Not set up correctly',
      sentence: ({ provider }) =>
        `${provider} refused this service. Please tell its operator to check the client settings.`,
    },
    'provider retired': {
      title: ({ provider }) => `${provider} is switched off`,
      sentence: ({ provider }) =>
        `The ${provider} service has been retired. Please start again and choose another provider.`,
    },
    'provider unavailable': {
      title: () => 'Please try again',
      sentence: ({ provider }) =>
        `${provider} did not answer as expected. Nothing is lost; please start again in a few minutes.`,
    },
    'device scope missing': {
      title: () => 'One permission is missing',
      sentence: ({ provider }) =>
        `Without the permission to see your devices, batteries cannot be watched. Please start again and leave that box ticked at ${provider}.`,
    },
    'no refresh token': {
      title: () => 'Please try again',
      sentence: ({ provider }) =>
        `${provider} did not give lasting access. Please start again, and confirm every step at ${provider}.`,
    },
    'no profile at provider': {
      title: ({ provider }) => `Set up ${provider} first`,
      sentence: ({ provider, account }) =>
        `You chose the ${account}, and it has no ${provider} profile. Is your tracker paired with another account? Then start again and choose that one. Otherwise set up ${provider} for this account, and start again.`,
    },
    'account not moved': {
      title: () => 'Move your Fitbit account to Google first',
      sentence: ({ provider, account }) =>
        `You chose the ${account}, and ${provider} cannot read it: its Fitbit account was never moved to Google. Please open the app of your tracker and move the account there, or start again and choose another account.`,
    },
    'account refused': {
      title: ({ provider }) => `${provider} refuses this account`,
      sentence: ({ provider, account }) =>
        `You chose the ${account}, and ${provider} does not let us see its devices. Please remove the access of this service at ${provider}, then start again. If the app of your tracker still asks for a Fitbit login, move that account to Google first.`,
    },
    'account not allowed': {
      title: () => 'This account is not allowed to connect',
      sentence: ({ provider }) =>
        `${provider} does not let you connect the account that you chose: the administrator of its organization, such as a school or a company, has not allowed this service, or the account has extra protection. Nothing was changed. Please ask the administrator to allow it, then start again. If your tracker is paired with another account, start again and choose that one.`,
    },
    'not saved': {
      title: () => 'Please try again',
      sentence: () =>
        "Your consent could not be stored just now. Please start again; you don't need to do anything else.",
    },
  } satisfies Record<string, Refusal>,
};
