/**
 * `npm run after-deploy`, which azd runs after each upload, because Azure can take a deployment, serve its pages, and never run a
 * timer again. It syncs the triggers, checks that Azure lists every function, and asks the service for its health.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { register, withoutServices } from '../src/functions/register';
import type { App } from '../src/functions/routes';

export interface Deployed {
  /** Origin of the Azure Resource Manager. */
  readonly manager: string;
  readonly token: string;
  /** Resource id of the Function App. */
  readonly app: string;
  readonly healthUrl: string;
}

export interface Patience {
  readonly tries: number;
  readonly pauseMs: number;
}

const apiVersion = 'api-version=2024-11-01';
const usualPatience: Patience = { tries: 30, pauseMs: 10_000 };

export function functionNames(): string[] {
  const names: string[] = [];
  const note = (name: string): void => void names.push(name);
  register({ http: note, timer: note, storageQueue: note } as App, withoutServices);
  return names;
}

/** @returns what is wrong, or nothing if all is well */
export async function lookAfter(
  { manager, token, app, healthUrl }: Deployed,
  say: (line: string) => void,
  patience: Patience = usualPatience,
): Promise<string[]> {
  const headers = { authorization: `Bearer ${token}` };
  const problems: string[] = [];

  const sync = await until(patience, async () => {
    const { ok, status } = await fetch(`${manager}${app}/host/default/sync?${apiVersion}`, {
      method: 'POST',
      headers,
    });
    return ok ? undefined : `Azure answered ${status} when the triggers were synced.`;
  });
  if (sync === undefined) say('The triggers are synced.');
  else problems.push(`${sync} Timers may stand still: docs/operations.md, "Timers stand still, pages work".`);

  const expected = functionNames();
  const missing = await until(patience, async () => {
    const listed = await listFunctions(`${manager}${app}/functions?${apiVersion}`, headers);
    if (typeof listed === 'number') return `Azure answered ${listed} when it was asked for the functions.`;
    const absent = expected.filter((name) => !listed.has(name));
    return absent.length === 0 ? undefined : `Azure does not know these functions: ${absent.join(', ')}.`;
  });
  if (missing === undefined) say(`Azure knows all ${expected.length} functions.`);
  else problems.push(missing);

  const ill = await until(patience, async () => {
    const response = await fetch(healthUrl);
    const body = await response.text();
    if (response.ok) say(`Health: ${body}`);
    return response.ok ? undefined : `${healthUrl} answers ${response.status}: ${body.slice(0, 500)}`;
  });
  if (ill !== undefined) problems.push(ill);
  return problems;
}

async function listFunctions(first: string, headers: Record<string, string>): Promise<Set<string> | number> {
  const names = new Set<string>();
  for (let url: string | undefined = first; url !== undefined;) {
    const response: Response = await fetch(url, { headers });
    if (!response.ok) return response.status;
    const page = (await response.json()) as { value: { name: string }[]; nextLink?: string | null };
    // Azure names each function `<app>/<function>`.
    for (const { name } of page.value) names.add(name.slice(name.indexOf('/') + 1));
    url = page.nextLink ?? undefined;
  }
  return names;
}

/** Checks again and again until all is well or it has tried often enough. @returns what was wrong at the last check */
async function until(
  { tries, pauseMs }: Patience,
  look: () => Promise<string | undefined>,
): Promise<string | undefined> {
  for (let left = tries; ; left -= 1) {
    const problem = await look().catch((error: unknown) => `No answer: ${String(error)}`);
    if (problem === undefined || left <= 1) return problem;
    await sleep(pauseMs);
  }
}

/** Reads the values that azd keeps in its environment and passes to its hooks. */
function readDeployed(env: NodeJS.ProcessEnv): Deployed {
  const read = (name: string): string => {
    const value = env[name];
    if (!value)
      throw new Error(`${name} is not set: this is run by azd, or with the values of "azd env get-values".`);
    return value;
  };
  const group = `/subscriptions/${read('AZURE_SUBSCRIPTION_ID')}/resourceGroups/${read('AZURE_RESOURCE_GROUP')}`;
  const app = `${group}/providers/Microsoft.Web/sites/${read('FUNCTION_APP_NAME')}`;
  const healthUrl = read('HEALTH_URL');
  const answer = execFileSync('azd', ['auth', 'token', '--output', 'json'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const { token } = JSON.parse(answer) as { token: string };
  return { manager: 'https://management.azure.com', token, app, healthUrl };
}

async function main(): Promise<void> {
  const problems = await lookAfter(readDeployed(process.env), console.log);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
