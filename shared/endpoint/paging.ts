import * as z from "zod/mini";
import type { Page } from "../table/query.ts";
import type { HttpEvent } from "./authenticate.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { invalid } from "./input.ts";
import { lazily, type Of } from "./wire/lazily.ts";

/** The parameters of every list in pages. */
export const Paging = lazily(() =>
  z.object({
    limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 50),
    cursor: z.optional(z.string()),
  }),
);

/** The page that is asked for, of the list that `scope` names. */
export function readPage(paging: Of<typeof Paging> | undefined, scope: string): Page | undefined {
  if (paging?.cursor === undefined) return paging && { limit: paging.limit };
  const after = openCursor(scope, paging.cursor);
  if (after === undefined) {
    const reason = "is not a cursor of this list; take it from the Link header as it is";
    throw invalid([{ in: "query", pointer: "/cursor", reason }]);
  }
  return { limit: paging.limit, after };
}

/** The Link header of RFC 8288, relative to the list's own path. */
export function nextPage({ rawPath, rawQueryString }: HttpEvent, scope: string, after: string): string {
  const query = new URLSearchParams(rawQueryString);
  query.set("cursor", sealCursor(scope, after));
  return `<${rawPath}?${query}>; rel="next"`;
}
