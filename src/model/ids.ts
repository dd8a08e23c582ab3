/** How providers and connections are named. */
export const providerIds = ['google-health', 'fitbit'] as const;

export type ProviderId = (typeof providerIds)[number];

/** Opaque and random; never derived from personal data. */
export type ConnectionId = string;
