/** In a process of its own: what ends it, or does not, is the point. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(__dirname, '..');

function run(script: string): { status: number | null; stdout: string; stderr: string } {
  const { outputFiles } = buildSync({
    stdin: { contents: script, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    write: false,
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-'], {
    input: outputFiles[0]!.text,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const reject = `
  void Promise.reject(new TypeError('token=the-secret'));
  setTimeout(() => console.log('still here'), 20);
`;

test('an unhandled rejection ends a process that is not prepared for it', () => {
  expect(run(reject)).toMatchObject({ status: 1, stdout: '' });
});

test('an unhandled rejection is logged without its message, and the process goes on', () => {
  const { status, stdout, stderr } = run(`
    import { hearRejections } from './src/hear-rejections';
    hearRejections(process, console);
    ${reject}
  `);
  expect(status).toBe(0);
  expect(JSON.parse(stderr)).toMatchObject({
    level: 50,
    event: 'rejection.unhandled',
    code: 'UNEXPECTED',
    error: 'TypeError',
  });
  expect(stdout).toBe('still here\n');
  expect(stderr).not.toContain('the-secret');
});

test('an unhandled rejection that cannot be logged is given up, and the process goes on', () => {
  const { status, stdout, stderr } = run(`
    import { hearRejections } from './src/hear-rejections';
    let tries = 0;
    const fail = () => {
      tries += 1;
      throw new Error('The log is full.');
    };
    hearRejections(process, { log: fail, info: fail, warn: fail, error: fail, debug: fail });
    void Promise.reject(new TypeError('token=the-secret'));
    setTimeout(() => console.log(\`tried \${tries} times\`), 20).unref();
    setTimeout(() => process.exit(), 40);
  `);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'tried 1 times\n', stderr: '' });
});
