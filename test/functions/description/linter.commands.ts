/** A linter finds nothing in the OpenAPI description. It takes a process of its own, and longer than the tests of a run should. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registeredHttp } from '../../../local/runner/registered-routes';
import { describeApi } from '../../../src/functions/description/document';
import type { CallerKind } from '../../../src/model';

const routes = registeredHttp().map(({ name, options }) => {
  const { route = '', methods = [], authLevel = 'anonymous' } = options;
  return { name, route, methods, authLevel };
});

test.each<CallerKind>(['key', 'entra'])(
  'the linter finds nothing (callers: %s)',
  (callers) => {
    const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    try {
      const file = join(folder, 'openapi.json');
      writeFileSync(
        file,
        JSON.stringify(describeApi({ routes, publicUrl: 'https://tokens.example.org', callers })),
      );
      expect(lint(file)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);

/** The rule, the place and the sentence of everything that the linter finds. */
function lint(file: string): unknown[] {
  const config = join(__dirname, 'redocly.yaml');
  const linter = join(process.cwd(), 'node_modules/@redocly/cli/bin/cli.js');
  const output = runLinter([linter, 'lint', file, '--config', config, '--format', 'json']);
  const { problems } = JSON.parse(output) as { problems: Problem[] };
  return problems.map(({ ruleId, message, location }) => [ruleId, location[0]?.pointer, message]);
}

interface Problem {
  readonly ruleId: string;
  readonly message: string;
  readonly location: readonly { readonly pointer?: string }[];
}

/** What it finds makes it fail, and is on its standard output all the same. */
function runLinter(args: readonly string[]): string {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  try {
    return execFileSync(process.execPath, args, { env, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
