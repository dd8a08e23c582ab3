/**
 * The main job once, from consent to SMS, unattended: a step that fails names itself. The transcript says what
 * happened and never shows a token.
 */
import { connectionKey } from '../src/domain/store/row-keys';
import type { Connection, ProviderId } from '../src/model';
import { asAda, connectWearer } from './connect-wearer';
import { ada } from './people';
import type { OnLog } from './runner/run-invocation';
import { startService, type Service } from './service';
import { startWorld, type World } from './world';

export interface DemoOptions {
  readonly provider: ProviderId;
  readonly print: (line: string) => void;
  readonly onLog?: OnLog;
  /** Told about the world before it ends, for whoever wants to look closer. */
  readonly inspect?: (world: World, service: Service) => Promise<void> | void;
}

export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** @throws StepFailed */
export async function runDemo({ provider, print, onLog, inspect }: DemoOptions): Promise<void> {
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new StepFailed(name, cause);
    }
  };
  const world = await step('Start the local world', () => startWorld());
  try {
    const service = await step('Start the service', () =>
      startService({ world, port: 0, unattended: false, onLog: onLog ?? (() => undefined) }),
    );
    try {
      await runSteps({ world, service, provider, print, step });
      await inspect?.(world, service);
    } finally {
      await service.close();
    }
  } finally {
    await world.close();
  }
}

interface Steps {
  readonly world: World;
  readonly service: Service;
  readonly provider: ProviderId;
  readonly print: (line: string) => void;
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

async function runSteps({ world, service, provider, print, step }: Steps): Promise<void> {
  const { name: providerName, rotatesRefreshToken } = service.services.providers.get(provider)!;
  const simulator = world.simulators[provider];
  print(`Provider: ${providerName}`);

  await step('Sign up', () => connectWearer(asAda(service, world, provider)));
  const connected = await step('Exchange the code', () => currentConnection(service));
  print(`Signed up    Ada gave her consent; the code was exchanged. ${describeTokenSet(connected)}`);
  print('Confirmed    the number, with the six digits that were texted to it.');

  const tokenBefore = simulator.currentRefreshToken(ada.id);
  await step('Rotate the tokens', async () => {
    await service.invokeTimer('rotateTokens');
    await service.drainQueues();
  });
  const rotated = await step('Read the rotated token set', async () => {
    const connection = await currentConnection(service);
    expectThat(connection.pointer?.generation === 2, 'the token set is not of generation 2');
    const changed = simulator.currentRefreshToken(ada.id) !== tokenBefore;
    expectThat(changed === rotatesRefreshToken, `the refresh token has ${changed ? '' : 'not '}changed`);
    return connection;
  });
  const kept = rotatesRefreshToken ? 'The refresh token is a new one.' : 'The refresh token stays.';
  print(`Rotated      by the timer, through the queue. ${describeTokenSet(rotated)} ${kept}`);

  world.wearers.setBattery(trackerOf(world), { percent: 17, drainPerHour: 0 });
  await step('Read the devices', async () => {
    await service.invokeTimer('checkBatteries');
    await service.drainQueues();
    const devices = [];
    for await (const { value } of service.services.tables.devices.list()) devices.push(value.reading);
    expectThat(devices.length === 2, `${devices.length} devices were read instead of 2`);
    for (const { model, percent, kind } of devices) {
      print(
        `Read         ${model} (${kind}): ${percent === undefined ? 'no percent given' : `${percent} %`}`,
      );
    }
  });

  await step('Send the SMS', async () => {
    const alerts = () => world.phone.texts().filter(({ body }) => body.includes('Charge 6'));
    expectThat(alerts().length === 1, `${alerts().length} alerts have arrived instead of one`);
    print(`Texted       "${withoutLink(alerts()[0]!.body)}"`);
    await service.invokeTimer('checkBatteries');
    await service.drainQueues();
    expectThat(alerts().length === 1, 'a second check sent a second text');
    print('Checked      once more: the battery is still low, and no second text is sent.');
  });
}

/** Whoever has a personal link is its wearer: it belongs on a phone, not in a transcript. */
function withoutLink(body: string): string {
  return body.replace(/(\/m\/)[\w-]+/, '$1…');
}

function expectThat(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}

function trackerOf(world: World): string {
  const tracker = world.wearers
    .get(ada.id)
    ?.devices()
    .find(({ kind }) => kind === 'TRACKER');
  if (!tracker) throw new Error('Ada wears no tracker');
  return tracker.id;
}

async function currentConnection({ services }: Service): Promise<Connection> {
  for await (const { value } of services.tables.connections.list()) {
    const row = await services.tables.connections.get(connectionKey(value.id));
    if (row?.value.pointer) return row.value;
  }
  throw new Error('there is no connection with a token set');
}

function describeTokenSet({ pointer }: Connection): string {
  if (!pointer) return 'No token set.';
  const { consent, generation, expiresAt } = pointer;
  return `Consent ${consent}, generation ${generation}, access token until ${new Date(expiresAt).toISOString()}.`;
}
