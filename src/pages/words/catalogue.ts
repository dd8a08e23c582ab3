/** A sentence that a language lacks, or has beside English, does not compile. */
import type { english } from './en';

export type Words = typeof english;
