/** Opens an address in the person's browser, where there is one. Who has none opens the address that was printed. */
import { spawn } from 'node:child_process';

export function openBrowser(url: string): void {
  const [command, ...options] = commandFor(process.platform);
  // Without a shell: an address is full of characters that a shell would read.
  const opening = spawn(command, [...options, url], { stdio: 'ignore', detached: true });
  opening.on('error', () => undefined);
  opening.unref();
}

function commandFor(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}
