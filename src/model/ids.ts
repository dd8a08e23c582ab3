/** How providers and connections are named. */
import * as z from 'zod';

/** The id of a provider makes the names of its settings and of its secret: `fitbit` has `FITBIT_CLIENT_ID` and `fitbit-client-secret`. */
export const providerIds = ['google-health', 'fitbit', 'withings'] as const;
export const providerId = z.enum(providerIds);
export type ProviderId = z.output<typeof providerId>;

/** One of a kind for each provider. */
export function perProvider<T>(make: (id: ProviderId) => T): Record<ProviderId, T> {
  return Object.fromEntries(providerIds.map((id) => [id, make(id)])) as Record<ProviderId, T>;
}

/** Opaque and random; never derived from personal data. Nothing is in it that a table key may not hold. */
export const connectionId = z.string().regex(/^[\w-]{1,64}$/);
export type ConnectionId = z.output<typeof connectionId>;
