/** Stripe's search, as far as it is asked for: by one name in the metadata, and a minute behind. */
import type Stripe from "stripe";
import { invalid } from "./problem.ts";

const behind = 60;
const clause = /^metadata\[(["'])(?<name>[^"'\\]+)\1\]\s*:\s*(["'])(?<value>[^"'\\]+)\3$/;

interface Searchable {
  readonly created: number;
  readonly metadata: Stripe.Metadata;
}
type Stored = Searchable | Stripe.DeletedCustomer;

/** What has this in its metadata, the newest first; deleted ones are not found. */
export function search(
  url: string,
  all: readonly Stored[],
  { query, limit = 10 }: { query: string; limit?: number },
  now: number,
): Stripe.ApiSearchResult<Searchable> {
  const { name = "", value } = clause.exec(query.trim())?.groups ?? {};
  if (value === undefined)
    throw invalid(`The local Stripe searches for metadata['name']:'value' only, not: ${query}`, "query");
  const found = all.filter(
    (one): one is Searchable =>
      !("deleted" in one) && one.metadata[name] === value && one.created <= now - behind,
  );
  if (found.length > limit) throw invalid("The local Stripe has no second page of a search: teach it.");
  return { object: "search_result", data: found, has_more: false, next_page: null, url };
}
