import type { Role } from "./accesses.ts";

/** An account of an identity provider that signs in as this user. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** The parts of a person's name; any of them may be unknown. */
export interface PersonName {
  readonly name?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

/** How a person is called: by the name they gave, else by first and last name; null where none is known. */
export function displayName({ name, firstName, lastName }: PersonName): string | null {
  return name || [firstName, lastName].filter(Boolean).join(" ") || null;
}

/**
 * How a business calls a member: as they call themselves, which it sees once they have signed in and are let in; till
 * then by the name that it gave them itself.
 */
export function memberName(member: Omit<PersonName, "name"> & { readonly userName?: string | undefined }) {
  return displayName({ ...member, name: member.userName });
}

/** A person's kinds, as the profile lists them: everybody is Initialized, owners count as Admin. */
export function profileRoles(role: Role | undefined): ("Initialized" | "Agent" | "Admin")[] {
  if (!role) return ["Initialized"];
  return ["Initialized", role === "Agent" ? "Agent" : "Admin"];
}

export interface TrustedFormCertificate {
  readonly id: string;
  readonly url: string;
  readonly source: string;
  readonly createdAt: string;
}

/** What a person has agreed to; absent where they were not asked. */
export type Agreed = { readonly [M in keyof Compliance]?: Compliance[M] | undefined };

/** Which legal terms were approved, when, and by whom. */
export interface Approval {
  readonly version: string;
  readonly acceptedAt: string;
  readonly acceptedByUserId: string;
}

/** What a person has agreed to, every member of it. */
export interface Compliance {
  acceptedTerms: boolean;
  acceptedToSubscription: boolean;
  acceptedSms: boolean;
  acceptedBaa: boolean;
  acceptedEmail: boolean;
  trustedFormCertificates: TrustedFormCertificate[];
  legalTerms: Approval | null;
  onboardingCompletedAt: string | null;
}

export const nothingAccepted: Compliance = {
  acceptedTerms: false,
  acceptedToSubscription: false,
  acceptedSms: false,
  acceptedBaa: false,
  acceptedEmail: false,
  trustedFormCertificates: [],
  legalTerms: null,
  onboardingCompletedAt: null,
};
