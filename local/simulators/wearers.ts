/**
 * The people of the local world and what they wear. All provider simulators report the same wearers, so that one
 * person can be followed from Fitbit to Google Health. A battery is a pure function of the time: nothing ticks, and
 * whoever moves the clock drains it.
 */
import { createHash } from 'node:crypto';
import { inMemory, type Keep } from '../kept';

export type DeviceKind = 'TRACKER' | 'SCALE';
export type DeviceField = 'batteryLevel' | 'batteryWord' | 'lastSyncTime' | 'features';

export interface Battery {
  readonly percent: number;
  /** When the battery held `percent`, in epoch milliseconds. */
  readonly since: number;
  readonly drainPerHour: number;
}

export interface DeviceSpec {
  /** Unique over all wearers. */
  readonly id: string;
  readonly kind: DeviceKind;
  readonly model: string;
  readonly features?: readonly string[];
  readonly battery: Battery;
  /** The device talks to its phone this often, counted from `battery.since`. Without it: at every moment. */
  readonly syncEveryMs?: number;
  /** Reported instead of the word that belongs to the percent. */
  readonly batteryWord?: string;
  /** Fields that the providers do not deliver for this device. */
  readonly omit?: readonly DeviceField[];
}

export interface WearerSpec {
  readonly id: string;
  readonly name: string;
  /** Made from `id` when not given. */
  readonly healthUserId?: string;
  /** Made from `id` when not given; the empty string is somebody who never had a Fitbit account. */
  readonly legacyUserId?: string;
  /** False: Google Health answers ACCOUNT_NOT_LINKED. */
  readonly googleHealthProfile?: boolean;
  /** False: the Fitbit account was never moved to Google, and Google Health cannot read it. */
  readonly movedToGoogle?: boolean;
  /** Time-limited access at Google: the token answer then carries `refresh_token_expires_in`. */
  readonly refreshTokenLifeMs?: number;
  /** IANA name, UTC when not given. */
  readonly timeZone?: string;
  readonly devices: readonly DeviceSpec[];
}

export interface Wearer {
  readonly id: string;
  readonly name: string;
  readonly healthUserId: string;
  readonly legacyUserId: string;
  readonly googleHealthProfile: boolean;
  readonly movedToGoogle: boolean;
  /** Of the Google account. */
  readonly email: string;
  readonly refreshTokenLifeMs?: number;
  readonly timeZone: string;
  /** As the providers would report them at the moment of the call. */
  devices(): readonly DeviceReport[];
}

/** A device as a provider knows it: what the last sync brought. A field in `omit` is absent. */
export interface DeviceReport {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly model: string;
  readonly macAddress: string;
  readonly batteryWord?: string;
  /** Whole percent, rounded down. */
  readonly batteryLevel?: number;
  /** Epoch milliseconds. */
  readonly lastSyncAt?: number;
  readonly features?: readonly string[];
  /** What no provider can see: the battery at this moment, and whether the device still talks to its phone. */
  readonly truth: { readonly percent: number; readonly syncing: boolean };
}

export interface BatteryChange {
  readonly percent?: number;
  readonly drainPerHour?: number;
  readonly batteryWord?: string;
}

export interface Wearers {
  /** @throws when the wearer or one of the devices is known already */
  add(spec: WearerSpec): Wearer;
  get(id: string): Wearer | undefined;
  all(): readonly Wearer[];
  /** Puts the battery at a percent as of now and syncs; a silent device is heard again. */
  charge(deviceId: string, percent?: number): void;
  /** Changes the battery as of now. What is not named stays; a silent device stays silent. */
  setBattery(deviceId: string, change: BatteryChange): void;
  /** From now on the providers keep reporting what they know at this moment. The battery goes on draining. */
  stopSyncing(deviceId: string): void;
  resumeSyncing(deviceId: string): void;
}

/** @param keep where batteries and silence are kept; in memory when not given */
export function createWearers({
  now,
  keep = inMemory,
}: {
  readonly now: () => number;
  readonly keep?: Keep;
}): Wearers {
  const wearers = new Map<string, Wearer>();
  const specs = new Map<string, DeviceSpec>();
  const states = keep<DeviceState>('devices');

  const device = (id: string): Device => {
    const spec = specs.get(id);
    if (!spec) throw new Error(`There is no device "${id}"`);
    return { spec, ...(states.get(id) ?? { battery: spec.battery }) };
  };
  const change = ({ spec, ...state }: Device, to: Partial<DeviceState>): void =>
    void states.set(spec.id, { ...state, ...to });

  const setBattery: Wearers['setBattery'] = (deviceId, { percent, drainPerHour, batteryWord }) => {
    const changed = device(deviceId);
    const battery = {
      percent: percent ?? levelAt(changed.battery, now()),
      since: now(),
      drainPerHour: drainPerHour ?? changed.battery.drainPerHour,
    };
    change(changed, { battery, ...(batteryWord !== undefined && { batteryWord }) });
  };

  const resumeSyncing: Wearers['resumeSyncing'] = (deviceId) =>
    change(device(deviceId), { lastHeard: undefined });

  return {
    add(spec) {
      if (wearers.has(spec.id)) throw new Error(`There is already a wearer "${spec.id}"`);
      for (const { id } of spec.devices)
        if (specs.has(id)) throw new Error(`There is already a device "${id}"`);
      for (const each of spec.devices) {
        specs.set(each.id, each);
        if (!states.has(each.id)) states.set(each.id, { battery: each.battery });
      }
      const wearer: Wearer = {
        id: spec.id,
        name: spec.name,
        healthUserId: spec.healthUserId ?? digits(`health ${spec.id}`, 18),
        legacyUserId: spec.legacyUserId ?? hash(`legacy ${spec.id}`).slice(0, 6).toUpperCase(),
        googleHealthProfile: spec.googleHealthProfile ?? true,
        movedToGoogle: spec.movedToGoogle ?? true,
        email: `${spec.id}@example.com`,
        ...(spec.refreshTokenLifeMs === undefined ? {} : { refreshTokenLifeMs: spec.refreshTokenLifeMs }),
        timeZone: spec.timeZone ?? 'UTC',
        devices: () => spec.devices.map(({ id }) => report(device(id), now())),
      };
      wearers.set(spec.id, wearer);
      return wearer;
    },
    get: (id) => wearers.get(id),
    all: () => [...wearers.values()],
    charge(deviceId, percent = 100) {
      setBattery(deviceId, { percent });
      resumeSyncing(deviceId);
    },
    setBattery,
    stopSyncing(deviceId) {
      const silent = device(deviceId);
      change(silent, { lastHeard: silent.lastHeard ?? lastSync(silent, now()) });
    },
    resumeSyncing,
  };
}

/** Percent at a moment, between 0 and 100, not rounded. */
export function levelAt({ percent, since, drainPerHour }: Battery, at: number): number {
  return Math.min(100, Math.max(0, percent - (drainPerHour * (at - since)) / 3_600_000));
}

/** The word that Fitbit puts beside a percent. No provider has published the borders. */
export function wordFor(percent: number): 'High' | 'Medium' | 'Low' | 'Empty' {
  if (percent >= 60) return 'High';
  if (percent >= 21) return 'Medium';
  return percent >= 1 ? 'Low' : 'Empty';
}

interface Sync {
  readonly at: number;
  readonly percent: number;
  readonly batteryWord: string;
}

interface DeviceState {
  readonly battery: Battery;
  readonly batteryWord?: string;
  /** Set while the device is silent: what it said last. */
  readonly lastHeard?: Sync | undefined;
}

interface Device extends DeviceState {
  readonly spec: DeviceSpec;
}

function lastSync({ spec, battery, batteryWord }: Device, at: number): Sync {
  const elapsed = Math.max(0, at - battery.since);
  const syncedAt = spec.syncEveryMs ? battery.since + elapsed - (elapsed % spec.syncEveryMs) : at;
  const percent = wholePercent(levelAt(battery, syncedAt));
  return { at: syncedAt, percent, batteryWord: batteryWord ?? spec.batteryWord ?? wordFor(percent) };
}

function report(device: Device, at: number): DeviceReport {
  const { spec } = device;
  const heard = device.lastHeard ?? lastSync(device, at);
  const delivered = (field: DeviceField): boolean => !spec.omit?.includes(field);
  return {
    id: spec.id,
    kind: spec.kind,
    model: spec.model,
    macAddress: hash(`mac ${spec.id}`).slice(0, 12).toUpperCase(),
    ...(delivered('batteryWord') && { batteryWord: heard.batteryWord }),
    ...(delivered('batteryLevel') && { batteryLevel: heard.percent }),
    ...(delivered('lastSyncTime') && { lastSyncAt: heard.at }),
    ...(delivered('features') && { features: spec.features ?? [] }),
    truth: {
      percent: wholePercent(levelAt(device.battery, at)),
      syncing: device.lastHeard === undefined,
    },
  };
}

/** Rounded down, but a battery at 20 % does not become 19 because 0.1 has no exact binary form. */
const wholePercent = (level: number): number => Math.floor(level + 1e-9);

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const digits = (text: string, length: number): string =>
  BigInt(`0x${hash(text)}`)
    .toString()
    .slice(0, length);
