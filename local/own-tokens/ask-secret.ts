/** Asks for a secret on the terminal and shows nothing of what is typed; from a pipe, the first line is the answer. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  // With a terminal, readline writes what is typed to `output`.
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: mute,
    terminal: process.stdin.isTTY === true,
  });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
      lines.once('SIGINT', () => process.exit(130));
    });
    return answer.trim();
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
