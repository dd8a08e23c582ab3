/** The words of a text. GSM-7 and one segment, whatever a device is called: a curly quote would double the price. */
import type { Message } from '../model';

const longestModel = 30;

export function composeText({ facts }: Pick<Message, 'kind' | 'facts'>): string {
  const level = facts.percent === undefined ? 'is low on battery' : `is at ${Math.floor(facts.percent)}%`;
  return `Fitbit Token Service: your ${plainName(facts.model)} ${level}. Please charge it soon. Reply STOP to opt out.`;
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
