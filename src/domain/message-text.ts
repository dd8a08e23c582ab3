/** The words of a text. GSM-7 and one segment, whatever a device is called: a curly quote would double the price. */
import type { Message, MessageFacts } from '../model';

const longestModel = 30;

const sender = 'Fitbit Token Service';
const stop = 'Reply STOP to opt out.';

export function composeText({ kind, facts }: Pick<Message, 'kind' | 'facts'>, publicUrl: string): string {
  switch (kind) {
    case 'low':
      return `${sender}: your ${plainName(facts.model ?? '')} ${describeLevel(facts)}. Please charge it soon. ${stop}`;
    case 'reconnect':
      return `${sender}: ${facts.provider} has disconnected. Reconnect: ${publicUrl}/api/signup ${stop}`;
    case 'alarm':
      return `${sender} ALARM: ${facts.alarm}. See docs/operations.md.`;
    case 'alarm over':
      return `${sender}: the alarm "${facts.alarm}" is over.`;
  }
}

function describeLevel({ percent, word }: MessageFacts): string {
  if (word === 'empty') return 'is empty';
  return percent === undefined ? 'is low on battery' : `is at ${Math.floor(percent)}%`;
}

/** Keeps letters and digits of ASCII, all of which are in GSM-7 at one septet each. */
function plainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 .,()&+-]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestModel)
    .trim();
  return plain === '' ? 'tracker' : plain;
}
