/**
 * `npm run doctor`: whether everything that the service depends on works, and what to do where it does not. With `--url` it asks a service
 * that runs; without it examines what the settings here describe, from this machine.
 */
import * as z from 'zod';
import { ConfigInvalid, readConfig, type Environment } from '../src/config';
import { examine } from '../src/domain/operation/doctor/examine';
import { createServices } from '../src/services';
import { endWith, read, Told } from './own-tokens/options';
import { readSettingsFile } from './start-settings';

const usage = `npm run doctor -- [--url https://<app>.azurewebsites.net/api]

Without --url it examines the settings of local.settings.json and of the environment. With --url it asks the service there; the function key
comes from the environment variable OPS_KEY, a token of Microsoft Entra from OPS_TOKEN.`;

/** A service of a later release may know more codes than this program. */
const report = z.object({
  findings: z.array(
    z.object({
      code: z.string(),
      about: z.string().optional(),
      state: z.enum(['good', 'bad', 'unknown']),
      what: z.string(),
      todo: z.string().optional(),
    }),
  ),
});
type Finding = z.output<typeof report>['findings'][number];

async function main(): Promise<void> {
  const { values } = read({
    options: { url: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return console.log(usage);
  const findings =
    values.url === undefined
      ? await examineHere({ ...readSettingsFile('local.settings.json'), ...process.env })
      : await ask(values.url);
  console.log(findings.map(toLines).join('\n'));
  if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
}

/** The service logs to standard output what it meets: here only the findings count. */
async function examineHere(environment: Environment): Promise<Finding[]> {
  try {
    const config = readConfig(environment);
    const silent = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    const findings = await examine(createServices(config, silent));
    return [{ code: 'SETTINGS', state: 'good', what: 'Every setting can be read.' }, ...findings];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return error.problems.map((problem) => ({
      code: 'SETTINGS',
      state: 'bad',
      what: `${problem}.`,
      todo: 'Correct it in local.settings.json, or where the environment is set. docs/reference.md describes each setting.',
    }));
  }
}

/** @throws Told */
async function ask(url: string): Promise<Finding[]> {
  if (!URL.canParse(url))
    throw new Told(`--url must be an address such as https://my-app.azurewebsites.net/api\n\n${usage}`);
  const { OPS_KEY: key, OPS_TOKEN: token } = process.env;
  const address = `${url.replace(/\/$/, '')}/ops/doctor`;
  const response = await fetch(address, {
    headers: { ...(key && { 'x-functions-key': key }), ...(token && { authorization: `Bearer ${token}` }) },
  }).catch(() => {
    throw new Told(`Nothing answers at ${address}.`);
  });
  if (response.status === 404) {
    throw new Told(
      `There is no doctor at ${address}. If a setting is malformed, only health is left: ask for ${url.replace(/\/$/, '')}/health.`,
    );
  }
  if (response.status === 401 || response.status === 403) {
    throw new Told(
      `The service refuses the caller (${response.status}). Set OPS_KEY to the key of the function opsDoctor; with Entra sign-in, OPS_TOKEN too.`,
    );
  }
  const read = report.safeParse(await response.json().catch(() => undefined));
  if (!read.success) throw new Told(`The answer of ${address} is no report (${response.status}).`);
  return read.data.findings;
}

const marks: Readonly<Record<Finding['state'], string>> = { good: 'ok ', bad: 'BAD', unknown: '?  ' };

function toLines({ code, about, state, what, todo }: Finding): string {
  const name = about === undefined ? code : `${code} ${about}`;
  const lines = [
    `${marks[state]} ${name.padEnd(24)} ${what}`,
    ...(todo === undefined ? [] : [`${' '.repeat(28)} ${todo}`]),
  ];
  return lines.join('\n');
}

main().catch(endWith);
