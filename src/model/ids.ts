/** How providers and connections are named, as shapes. */
import * as z from 'zod';
import { providerIds } from './provider-table';

export const providerId = z.enum(providerIds);

/** Opaque and random; never derived from personal data. Nothing is in it that a table key may not hold. */
export const connectionId = z.string().regex(/^[\w-]{1,64}$/);
export type ConnectionId = z.output<typeof connectionId>;
