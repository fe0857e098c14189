import { createHmac, randomUUID } from "node:crypto";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { endpoints } from "../../functions/index.ts";
import { secret } from "../../infra/local/stripe/secret.ts";
import type { HttpEvent } from "../../shared/endpoint/authenticate.ts";
import type { Table } from "../../shared/operation.ts";
import { key } from "../../shared/table/schema.ts";
import type { OwnStripe } from "../local/local-stripe.ts";
import { type Budget, budgets } from "../table/budgets.ts";
import { type Cast, engage, somebody } from "../table/cast.ts";
import { type CallOptions, eventFor, itsTime } from "../table/in-process.ts";

/** What is started cold: a function, and a way to make it a request that it carries out. */
export interface Row {
  readonly name: string;
  readonly key: string;
  event(): Promise<HttpEvent>;
}

/**
 * Every endpoint with the request of its budget, and what an endpoint does only when asked for. What changes something
 * gets another business and other people each time; what only reads gets one request for all.
 */
export function rowsOn(table: Table, stripe: OwnStripe): Row[] {
  const billed = billedBudgets(stripe);
  const more: readonly [name: string, key: string, budget: Partial<Budget>][] = [
    ["members/add-member of a payer", "members/add-member", billed["licenses/preview-licenses"] ?? {}],
    ["company-users/add-user with a mail", "company-users/add-user", adding({ send_email: true })],
    ["company-users/add-user with an ssn", "company-users/add-user", adding({ ssn: "123-45-6789" })],
    ["company-users/add-user in XML", "company-users/add-user", { request: addingInXml }],
  ];
  const rows = Object.keys(endpoints).map((name) => [name, name, billed[name] ?? {}] as const);
  return [...rows, ...more].map(([name, key, budget]) => {
    const make = () => eventOf(table, key, { ...(budgets[key] ?? { rounds: [] }), ...budget });
    let made: Promise<HttpEvent> | undefined;
    const changes = endpoints[key]?.specification.repeat || billed[name];
    const event = () => {
      made = changes ? make() : (made ?? make());
      return made;
    };
    return { name, key, event };
  });
}

async function eventOf(table: Table, key: string, budget: Budget): Promise<HttpEvent> {
  const cast = await engage(table);
  const { owner, businessId } = cast;
  const prepared = await budget.before?.(cast);
  const caller = (await budget.by?.(cast)) ?? owner;
  const given: CallOptions = { ...budget.request?.(cast), ...prepared };
  const headers = { ...given.headers, ...(budget.heedsHeader && { "x-business-id": businessId }) };
  return eventFor(key, caller, { ...given, headers });
}

const adding = (more: object): Partial<Budget> => ({
  request: () => ({ body: { email: somebody().email, first_name: "Nora", ...more } }),
});

const addingInXml = (): CallOptions => ({
  rawBody: `<user_add_update_model><email>${somebody().email}</email></user_add_update_model>`,
  headers: { "content-type": "application/xml" },
});

/** The endpoints that ask Stripe about somebody who pays there. */
function billedBudgets(stripe: OwnStripe): Readonly<Record<string, Partial<Budget>>> {
  const before = (cast: Cast) => subscribe(cast, stripe);
  const news: Budget["before"] = async (cast) => ({ ...newsOf(await subscribe(cast, stripe)) });
  return {
    "licenses/preview-licenses": { before: async (cast) => void (await before(cast)) },
    "licenses/end-subscription": { before: async (cast) => void (await before(cast)) },
    "licenses/open-billing-portal": { before: async (cast) => void (await before(cast)) },
    "licenses/take-stripe-event": { before: news },
  };
}

/** Gives the cast's business a subscription at the local Stripe, and answers its customer. */
async function subscribe({ table, businessId }: Cast, stripe: OwnStripe): Promise<string> {
  const { customer, subscription, item } = await stripe.subscribe(2);
  const ends = { periodStartAt: itsTime, renewsAt: itsTime + 30 * 24 * 3_600_000, cancelAt: null };
  const states = { plan: "Monthly", status: "active", isPaused: false, ...ends };
  const values = {
    ":customer": { id: customer, balance: 0, paymentMethodId: "pm_card_visa" },
    ":subscription": { id: subscription, itemId: item, ...states },
    ":version": 2,
  };
  const TableName = table.name;
  await table.client.send(
    new UpdateCommand({
      ...{ TableName, Key: key.licenses(businessId), ExpressionAttributeValues: values },
      UpdateExpression: "SET customer = :customer, subscription = :subscription, appliedVersion = :version",
    }),
  );
  const [Key, ExpressionAttributeValues] = [key.stripeCustomer(customer), { ":business": businessId }];
  const UpdateExpression = "SET businessId = :business";
  await table.client.send(new UpdateCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues }));
  return customer;
}

/** A webhook about a customer, signed as Stripe signs. */
function newsOf(customer: string): CallOptions {
  const data = { object: { object: "invoice", customer } };
  const event = { id: `evt_${randomUUID()}`, object: "event", type: "invoice.paid", data };
  const rawBody = JSON.stringify(event);
  const at = Math.floor(itsTime / 1_000);
  const signature = createHmac("sha256", secret.webhookSecret).update(`${at}.${rawBody}`).digest("hex");
  return { rawBody, headers: { "stripe-signature": `t=${at},v1=${signature}` } };
}
