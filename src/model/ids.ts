/** How providers and connections are named. */

/** The id of a provider makes the names of its settings and of its secret: `fitbit` has `FITBIT_CLIENT_ID` and `fitbit-client-secret`. */
export const providerIds = ['google-health', 'fitbit'] as const;

export type ProviderId = (typeof providerIds)[number];

/** One of a kind for each provider. */
export function perProvider<T>(make: (id: ProviderId) => T): Record<ProviderId, T> {
  return Object.fromEntries(providerIds.map((id) => [id, make(id)])) as Record<ProviderId, T>;
}

/** Opaque and random; never derived from personal data. */
export type ConnectionId = string;
