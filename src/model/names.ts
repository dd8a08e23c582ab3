/** The names of providers and jobs. Nothing else is in this file, because every start reads it. */

/** The id of a provider makes the names of its settings and of its secret: `fitbit` has `FITBIT_CLIENT_ID` and `fitbit-client-secret`. */
export const providerIds = ['google-health', 'fitbit', 'withings'] as const;
export type ProviderId = (typeof providerIds)[number];

/** One of a kind for each provider. */
export function perProvider<T>(make: (id: ProviderId) => T): Record<ProviderId, T> {
  return Object.fromEntries(providerIds.map((id) => [id, make(id)])) as Record<ProviderId, T>;
}

/** The names of the jobs, and of the queues that they travel through. */
export const jobKinds = [
  'rotate-token',
  'check-battery',
  'close-connection',
  'send-links',
  'send-webhook',
  'operate',
] as const;
