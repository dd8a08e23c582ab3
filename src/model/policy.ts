/** The settings and times that decisions depend on. */
import type { Secret } from '../secret';
import type { Times } from './times';

/** What wearers may choose: percent at which a battery is low and critical (0: never), hours between reminders (0: none). */
export const choices = {
  threshold: { least: 5, most: 50 },
  criticalAt: { least: 0, most: 20 },
  remindEveryHours: [0, 6, 12, 24, 48],
} as const;

/**
 * How the service knows who calls what is not for wearers: not at all (`local`), by a function key that the platform has checked
 * (`key`), or by that and a Microsoft Entra sign-in (`entra`).
 */
export type CallerKind = 'local' | 'key' | 'entra';

/**
 * App roles of Microsoft Entra: `operator` opens `ops/*`, `platform` opens `connections/*`, `coordinator` reads the board and writes notes.
 * A role that an organisation adds, `coordinator:<site>`, does the same for one site only.
 */
export const appRoles = ['operator', 'platform', 'coordinator'] as const;
export type AppRole = (typeof appRoles)[number];
export type StaffRole = Exclude<AppRole, 'platform'>;

/**
 * How staff get to the board: by a one-time link that the service prints on a developer's machine, by App Service authentication with
 * Microsoft Entra, or not at all.
 */
export type StaffSignIn = 'local link' | 'platform' | 'off';

/** A coordinator's address, and the only sites that its digests are about; all of them if that is absent. */
export interface DigestAddress {
  readonly address: Secret;
  readonly sites?: readonly string[] | undefined;
}

/** What the operator has set. A function names the few that it uses, beside its ports. */
export interface Settings {
  readonly policy: Policy;
  /** Where the operator is told of alarms; E.164. */
  readonly operatorPhone?: Secret | undefined;
  /** Where the operator is told of alarms by e-mail. */
  readonly operatorEmail?: Secret | undefined;
  /** Who gets a digest every morning. */
  readonly digestTo: readonly DigestAddress[];
  /** NCRONTAB, UTC. */
  readonly digestSchedule: string;
  readonly operatorContact?: string | undefined;
  /** What a person has to know to sign up; absent when anyone may. */
  readonly inviteCode?: Secret | undefined;
  readonly callers: CallerKind;
  readonly staffSignIn: StaffSignIn;
  /** Origin under which people reach the service, without a trailing slash. */
  readonly publicUrl: string;
}

/** How the domain decides. */
export interface Policy {
  /** Percent at or below which a battery is low. */
  readonly batteryThreshold: number;
  readonly alertOnScales: boolean;
  /** What the service calls itself on pages and in texts. */
  readonly serviceName: string;
  /** The party that may also use a wearer's access once the wearer was told; nobody when absent. */
  readonly sharedWith?: string | undefined;
  /** The access tokens of shared connections also stand in Key Vault, a secret each. */
  readonly publishesTokens?: boolean;
  /** Where wearers may be sent back to after a sign-up: origins, with or without a path. */
  readonly returnAddresses: readonly string[];
  /** ISO 3166 codes of the countries whose numbers may be texted; the first one is that of a number without a country code. */
  readonly countries: readonly string[];
  readonly limits: Limits;
  /** A dry run: a text that nobody waits for at a page is written to the log instead of being sent. */
  readonly dryRun: boolean;
  readonly times: Times;
}

/** Texts per day (UTC), and per month where the name says so; the first four are what a stranger can provoke. */
export interface Limits {
  readonly perNumber: number;
  readonly perClient: number;
  /** A number without its last four digits. */
  readonly perPrefix: number;
  readonly perDay: number;
  /** Texts about batteries to one wearer. */
  readonly perWearer: number;
  /** Texts of any kind. Those to the operator are counted, and never held back. */
  readonly budgetPerDay: number;
  readonly budgetPerMonth: number;
}
