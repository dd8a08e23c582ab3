/** Paired devices as Google Health writes them, in pages, and its refusals. */
import { googleError, googleHttpStatus } from './provider-errors';
import { jsonResponse } from './simulator';
import type { DeviceReport, Wearer } from './wearers';

export function listDevices(wearer: Wearer, query: URLSearchParams): Response {
  const asked = Number(query.get('pageSize') ?? '0');
  if (!Number.isInteger(asked) || asked < 0)
    return refuse('INVALID_ARGUMENT', 'The page size must not be negative.');
  const pageSize = Math.min(asked || 5, 100);

  // The token holds the page size: the other parameters have to stay the same from page to page.
  const pageToken = query.get('pageToken') || undefined;
  const page = pageToken === undefined ? [0, pageSize] : pageOf(pageToken);
  const [start, size] = page;
  if (start === undefined || size !== pageSize)
    return refuse('INVALID_ARGUMENT', 'The page token is not valid for this request.');

  const devices = wearer.devices();
  const end = start + pageSize;
  return jsonResponse(
    200,
    JSON.stringify({
      pairedDevices: devices.length
        ? devices.slice(start, end).map((device) => pairedDevice(wearer, device))
        : undefined,
      nextPageToken: end < devices.length ? tokenOf([end, pageSize]) : undefined,
    }),
  );
}

const tokenOf = (page: readonly number[]): string => Buffer.from(JSON.stringify(page)).toString('base64url');

function pageOf(token: string): readonly (number | undefined)[] {
  try {
    const page: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    return Array.isArray(page) && page.every(Number.isInteger) ? page : [];
  } catch {
    return [];
  }
}

/** As proto3 writes it: what is zero or empty is not written at all. */
export function pairedDevice(wearer: Wearer, device: DeviceReport): object {
  const { id, kind, model, macAddress, batteryWord, batteryLevel, lastSyncAt, features } = device;
  return {
    name: `users/${wearer.healthUserId}/pairedDevices/${id}`,
    deviceType: kind,
    batteryStatus: batteryWord || undefined,
    batteryLevel: batteryLevel || undefined,
    lastSyncTime:
      lastSyncAt === undefined ? undefined : new Date(lastSyncAt).toISOString().replace('.000Z', 'Z'),
    deviceVersion: model,
    macAddress: macAddress.replace(/(..)(?=.)/g, '$1:'),
    features: features?.length ? features : undefined,
  };
}

export function refuse(...[status, ...said]: Parameters<typeof googleError>): Response {
  const headers: Record<string, string> =
    status === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' } : {};
  return jsonResponse(googleHttpStatus(status), googleError(status, ...said), headers);
}
