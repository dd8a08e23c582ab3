/** The personal page, and what is said when it ends. */
import { html } from 'hono/html';
import type { Html } from '../../html';

export const personalPage = {
  /** The first words of the page: the worst of what is so. */
  headline: {
    connectAgain: 'Please connect again',
    ended: (provider: string) =>
      `${provider} has ended the connection, so your batteries are not watched. Your number and settings stay.`,
    retired: (provider: string) =>
      `${provider} has been switched off, so your batteries are not watched. Your number and settings stay.`,
    nobodyToConnect: 'You cannot connect with a provider right now.',
    cannotRead: 'Your batteries cannot be read',
    since: (time: string) => `We have not been able to read them since ${time}.`,
    /** A device that has no name of its own. */
    yours: (model: string) => `your ${model}`,
    chargeNow: (device: string) => `Charge ${device} now`,
    chargeToday: (device: string) => `Charge ${device} today`,
    isAt: (device: string, level: string, left: string | undefined) =>
      `${device} is at ${level}${left === undefined ? '' : `, ${left}`}.`,
    /** What a device says in place of a percentage, in the middle of a sentence. */
    words: { high: 'nearly full', medium: 'medium', low: 'low', empty: 'empty' },
    isWord: (device: string, word: string, left: string | undefined) =>
      `The battery of ${device} is ${word}${left === undefined ? '' : `, ${left}`}.`,
    silent: (device: string, day: string) => `${device} has been silent since ${day}`,
    wasAt: (level: string) => `It was at ${level} then.`,
    wasWord: (word: string) => `Its battery was ${word} then.`,
    whySilent: 'It may be flat, switched off, or away from its phone. Charge it, and open its app near it.',
    notAnswering: (provider: string) => `No news from ${provider} just now`,
    keepTrying: "We keep trying; you don't need to do anything.",
    textsStopped: 'Your texts are stopped',
    numberDead: 'Your number gets no texts',
    textsPaused: 'Your texts are paused',
    stillChecked: 'Your batteries are fine and are still checked.',
    noDevices: 'We are looking for your devices',
    pairOne: 'Pair a device with your account. It appears here after the next check.',
    fine: 'All is well',
    lasts: (device: string, left: string) => `${device}: ${left}.`,
    checked: (time: string) => `Batteries last checked ${time}.`,
  },
  /** Why batteries cannot be read, and what helps. */
  check: {
    permission: (provider: string) =>
      `${provider} no longer lets us see your devices, because that permission is missing. Please reconnect and leave its box ticked.`,
    profile: (provider: string) =>
      `Your account has no ${provider} profile, so your batteries cannot be read. Please set one up in the app of your tracker or at the link below; after that, everything works by itself.`,
    move: (provider: string) =>
      `${provider} cannot read your Fitbit account, because it was never moved to Google. Please move it in the app of your tracker; after that, everything works by itself.`,
    access: (provider: string) =>
      `${provider} refuses to show us your devices. Please remove the access of this service at the link below, then reconnect here.`,
    operator: (provider: string) =>
      `${provider} refuses this service, so your batteries cannot be read. You don't need to do anything: the operator has to fix it.`,
    waiting: "We could not read your batteries lately. We keep trying; you don't need to do anything.",
  },
  devices: {
    title: 'Your devices',
    kinds: { tracker: 'Tracker', scale: 'Scale', phone: 'Phone', other: 'Device' },
    levels: { high: 'High', medium: 'Medium', low: 'Low', empty: 'Empty' },
    levelUnknown: 'Level not known',
    low: 'low',
    silentSince: (day: string) => `silent since ${day}`,
    goneSince: (day: string) => `not in your account since ${day}`,
    hoursLeft: (hours: number) => `about ${hours} h left`,
    daysLeft: (days: number) => `about ${days} ${days === 1 ? 'day' : 'days'} left`,
    hoursBetween: (from: number, to: number) => `Most likely ${from} to ${to} h.`,
    daysBetween: (from: number, to: number) => `Most likely ${from} to ${to} days.`,
    lastSync: (time: string) => `Last sync ${time}.`,
    syncUnknown: 'Last sync not known.',
    noAlerts: 'You get no texts about it.',
    muted: 'Muted: you get no texts about it.',
    zone: (zone: string) => `Times are in the time zone ${zone}.`,
    gone: (count: number) =>
      count === 1 ? 'A device that left your account' : `${count} devices that left your account`,
    options: 'Name and texts',
    yourName: (model: string) => `Your name for this ${model}`,
    saveName: 'Save the name',
    nameUnsayable: 'Please use letters or digits, because a text cannot show this name.',
    mute: (device: string) => `Mute ${device}`,
    unmute: (device: string) => `Unmute ${device}`,
  },
  chart: {
    none: 'No battery history yet.',
    steady: (since: string, level: string) => `Battery since ${since}: ${level}.`,
    between: (since: string, lowest: string, highest: string, last: string) =>
      `Battery since ${since}: between ${lowest} and ${highest}, last ${last}.`,
    charged: (days: string) => `Charged ${days}.`,
    chargedOften: (times: number, lastDay: string) => `Charged ${times} times, last ${lastDay}.`,
    hatched: (day: string) => `Hatched: no data since ${day}.`,
    dashed: 'Dashed: the forecast.',
    dotted: (level: string) => `Dotted: low, at ${level}.`,
  },
  texts: {
    title: 'Where we write to you',
    on: (number: Html) => html`Texts go to ${number}.`,
    paused: (number: Html) => html`Texts to ${number} are paused. We still check your batteries.`,
    none: 'You get no texts, because there is no number.',
    stopped: (number: Html, sender: Html | undefined) =>
      html`${number} has answered STOP, so it gets no texts. To get them again, text START to
      ${sender ?? 'the number they came from'}.`,
    dead: (number: Html) =>
      html`${number} gets no texts, because phone companies say that it does not exist. Please enter your
      number again, even if it is the same.`,
    notSetUp: 'Texts are not set up here yet.',
    yourNumber: 'your number',
    pause: 'Pause texts',
    resume: 'Resume texts',
    test: 'Send a test text',
    changeNumber: 'Change or remove the number',
    newNumber: 'New mobile number',
    number: 'Mobile number',
    numberHint: 'With country code, such as +1 425 555 0123. A code is texted to it first.',
    change: 'Change the number',
    add: 'Add this number',
    remove: 'Remove the number',
    numberMissing: 'Please enter your new number.',
  },
  settings: {
    /** What is set, in a sentence each. */
    low: (level: string) => `You get a text at ${level}.`,
    lowAndCritical: (level: string, critical: string) =>
      `You get a text at ${level}, and again at ${critical}.`,
    reminded: (hours: number) => `It is repeated every ${hours} hours until you charge.`,
    recovered: 'You are told when it is charged again.',
    quiet: (from: string, to: string, zone: string) => `Not between ${from} and ${to} (${zone}).`,
    language: (name: string) => `Language: ${name}.`,
    change: 'Change these settings',
    /** Where no sentence has said what is set. */
    changeUnsaid: 'Change the settings',
    threshold: 'Low at (percent)',
    thresholdHint: (least: number, most: number) =>
      `From ${least} to ${most}. You get one text when a battery is that low.`,
    criticalAt: 'Nearly empty at (percent)',
    criticalHint: (most: number) => `Up to ${most}. You then get a second text; 0 means none.`,
    remind: 'Remind me until it is charged',
    never: 'Never',
    everyHours: (hours: number) => `Every ${hours} hours`,
    tellRecovered: 'Tell me when it is charged again',
    quietHours: 'Quiet hours',
    quietHint: 'Texts about batteries wait until they are over.',
    quietFrom: 'Quiet from',
    quietTo: 'Quiet until',
    timeZone: 'Time zone',
    zoneYours: (zone: string) => `Now ${zone}, as you chose.`,
    zoneFrom: (zone: string, provider: string) => `Now ${zone}, as ${provider} says.`,
    zoneUsual: (zone: string, provider: string) =>
      `${provider} has not said where you are, so ${zone} is used.`,
    asProvider: (provider: string) => `As ${provider} says`,
    save: 'Save',
  },
  connection: {
    title: 'Connection',
    since: (provider: string, day: string) => `Connected to ${provider} since ${day}.`,
    reconnect: 'Reconnect',
    reconnectWith: (provider: string) => `Reconnect with ${provider}`,
    whenNeeded: 'You need this only after you have changed permissions or to move to another provider.',
    choose: 'Reconnect with',
    shared: (who: Html) => html`Your access is shared with ${who}.`,
    endSharing: 'Stop sharing',
    willShare: (who: Html) =>
      html`If you reconnect, your access is shared with ${who}: they can do what the permissions on the next
      page allow. You can stop that here.`,
    missingScopes: 'You have not given these further permissions. The service works without them:',
  },
  data: {
    title: 'This page and your data',
    guard:
      'Anyone who has the link to this page can do all of this. If somebody else has seen it, replace it.',
    newLink: 'Replace this link',
    export: (link: (label: string) => Html) =>
      html`${link('Export what is stored about you')}, as a file for other programs.`,
  },
  end: {
    title: 'Leave this service',
    open: 'Disconnect and delete',
    what: (provider: string) =>
      `We give up our access to your ${provider} account and delete your number, settings, devices and battery history. You cannot undo this, but you can sign up again.`,
    sure: 'Yes, disconnect and delete',
    tick: 'Please tick this box to disconnect.',
    disconnect: 'Disconnect',
  },
  /** What has just been done, said once. */
  notices: {
    settings: 'Your settings are saved.',
    paused: 'Texts about batteries are paused.',
    resumed: 'Texts about batteries are on again.',
    muted: 'You get no more texts about this device.',
    unmuted: 'You get texts about this device again.',
    named: 'The name is saved. Texts use it too.',
    unnamed: 'The name is removed. Texts name the model again.',
    tested: 'A test text is on its way.',
    'not-tested': 'The test text could not be sent just now. Please try again later.',
    'nothing-goes': 'You get no texts at the moment, so none was sent. The reason is below.',
    limited: 'No more texts can be sent today. Please try again tomorrow.',
    number: 'Your number is up to date.',
    'no-texts': 'Your number is removed. You get no more texts.',
    'no-emails': 'Your address is removed. You get no more e-mails.',
    'not-shared': 'Sharing is off. Access already given expires within hours.',
    'new-link': 'This is your new link. The old one does not work any more; please bookmark this page again.',
  },
  /** The banner after a sign-up or a reconnect. */
  welcome: {
    titles: { connected: 'You are connected', 'connected-again': 'You are connected again' },
    nothingToDo: (provider: string) =>
      `Your ${provider} account is connected, and there is nothing more to do. We check your batteries from now on.`,
    textTo: (number: Html) => html`When one is low, you get a text at ${number}.`,
    goBack: (link: Html) => html`You can go back now: ${link}`,
    bookmark:
      'This is your own page. Please bookmark it, and keep its link to yourself: anyone who has it can do everything that you can do here.',
  },
  goodbye: {
    title: 'You are disconnected',
    notWatched: 'We no longer watch your batteries.',
    beingDeleted: 'What is stored about you is being deleted, which usually takes some minutes.',
    deleted: 'What was stored about you is deleted.',
    deletedButKeys: (provider: string) =>
      `What was stored about you is deleted. The keys to your ${provider} account are deleted too, and their vault removes them permanently within minutes.`,
    deletedButCopy: (provider: string, day: string) =>
      `What was stored about you is deleted. A recoverable encrypted copy of the keys to your ${provider} account is permanently deleted on ${day} at the latest.`,
    revoked: (provider: string) => `${provider} has confirmed that we no longer have access to your account.`,
    notRevoked: (provider: string, link: Html | string) =>
      html`${provider} has not confirmed that we no longer have access to your account. To be sure, remove it
      there: ${link}`,
    notYetRevoked: (provider: string, link: Html | string) =>
      html`${provider} has not yet confirmed that we no longer have access to your account. To be sure, remove
      it there: ${link}`,
    signUpAgain: 'Sign up again',
  },
  linkUnknown: {
    title: 'This link is not valid any more',
    sentence: 'It was replaced by a new one, is incomplete, or its connection has ended.',
    getLink: 'Get my link again',
    signUp: 'Sign up',
  },
};

export type PersonalWords = typeof personalPage;
