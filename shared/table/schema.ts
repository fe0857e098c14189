import { isActivation } from "../domain/ids.ts";

/** The table as infra builds it and as every access pattern finds its items: one source for both. */
export const schema = {
  partitionKey: "pk",
  sortKey: "sk",
  /** Only garbage expires by it; nothing means anything by having expired. */
  timeToLive: "expiresAtTtl",
  indexes: {
    /** By person: the open invitations to an address. */
    gsi1: { partitionKey: "gsi1pk", sortKey: "gsi1sk", projection: "ALL" },
    /** By due date, sparse: what needs attention next. */
    gsi2: { partitionKey: "gsi2pk", sortKey: "gsi2sk", projection: "KEYS_ONLY" },
  },
} as const;

export type IndexName = keyof typeof schema.indexes;

/** The kinds of partition; IAM grants `KIND#*`. */
export type Partition =
  | "USER"
  | "IDENTITY"
  | "EMAIL"
  | "BUSINESS"
  | "IDEMPOTENCY"
  | "RATE"
  | "DUE"
  | "STRIPE"
  | "STRIPE_EVENT";

/** Where an item is. */
export interface Key {
  readonly pk: `${Partition}#${string}`;
  readonly sk: string;
}

export const key = {
  user: (userId: string): Key => ({ pk: `USER#${userId}`, sk: "USER" }),
  /** The user's side of a membership. */
  userMember: (userId: string, businessId: string): Key => ({
    pk: `USER#${userId}`,
    sk: `MEMBER#${businessId}`,
  }),
  userEvent: (userId: string, eventId: string): Key => ({ pk: `USER#${userId}`, sk: `EVENT#${eventId}` }),
  /** That a person has approved a version of the legal terms. */
  userTerms: (userId: string, version: string): Key => ({ pk: `USER#${userId}`, sk: `TERMS#${version}` }),
  identity: (hash: string): Key => ({ pk: `IDENTITY#${hash}`, sk: "IDENTITY" }),
  email: (emailKey: string): Key => ({ pk: `EMAIL#${emailKey}`, sk: "EMAIL" }),
  business: (businessId: string): Key => ({ pk: `BUSINESS#${businessId}`, sk: "BUSINESS" }),
  licenses: (businessId: string): Key => ({ pk: `BUSINESS#${businessId}`, sk: "LICENSES" }),
  member: (businessId: string, userId: string): Key => ({
    pk: `BUSINESS#${businessId}`,
    sk: `MEMBER#${userId}`,
  }),
  event: (businessId: string, eventId: string): Key => ({
    pk: `BUSINESS#${businessId}`,
    sk: `EVENT#${eventId}`,
  }),
  invitation: (businessId: string, invitationId: string): Key => ({
    pk: `BUSINESS#${businessId}`,
    sk: `${isActivation(invitationId) ? "ACTIVATION" : "INVITATION"}#${invitationId}`,
  }),
  /** Whom a business calls by that code. */
  userCode: (businessId: string, code: string): Key => ({
    pk: `BUSINESS#${businessId}`,
    sk: `USERCODE#${code}`,
  }),
  /** The user's side of a membership that isn't active yet. */
  userInactive: (userId: string, businessId: string): Key => ({
    pk: `USER#${userId}`,
    sk: `INACTIVE#${businessId}`,
  }),
  /** There is one for each address with an open invitation. */
  invited: (businessId: string, emailKey: string): Key => ({
    pk: `BUSINESS#${businessId}`,
    sk: `INVITED#${emailKey}`,
  }),
  /** How often something was done within a window of time. */
  rate: (scope: string, window: string): Key => ({ pk: `RATE#${scope}`, sk: window }),
  /** Which business a customer at Stripe is. */
  stripeCustomer: (customerId: string): Key => ({ pk: `STRIPE#${customerId}`, sk: "STRIPE" }),
  stripeEvent: (eventId: string): Key => ({ pk: `STRIPE_EVENT#${eventId}`, sk: "STRIPE_EVENT" }),
  idempotency: (hash: string): Key => ({ pk: `IDEMPOTENCY#${hash}`, sk: "IDEMPOTENCY" }),
};
