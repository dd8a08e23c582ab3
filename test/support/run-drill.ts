/** The drill is a program of its own (`npm run drill`), and its exit code is what it promises, so tests run it as one. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export function runDrill(...options: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [resolve('build/local/drill.js'), ...options]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((done) => child.once('close', (code) => done({ code, output })));
}
