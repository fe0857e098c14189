import { beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod/mini";
import { endpoints } from "../../functions/index.ts";
import { bearsToken } from "../../shared/endpoint/caller.ts";
import { sealCursor } from "../../shared/endpoint/cursor.ts";
import type { Lazily } from "../../shared/endpoint/wire/lazily.ts";
import { bodyOf, parametersOf, queryOf, unknown } from "../api/registry.ts";
import { callOn } from "../table/in-process.ts";
import { boss, type World, world } from "./world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});
beforeAll(() => {
  process.env.BILLING = "null"; // there is no Stripe to ask
});

/** Around what a key of the table holds, in bytes, and what a path may: by itself, and behind our own prefixes. */
const values = [1_000, 1_015, 1_016, 1_024, 1_025, 2_048, 2_049, 9_000]
  .flatMap((length) => ["x", "\u20AC"].map((one) => one.repeat(length)))
  .concat(["", ".", "..", "#", "\u0000", "\uD800", "0", "-1", "%", `usr_${"0".repeat(2_000)}`]);

interface Place {
  readonly key: string;
  readonly at: string;
  readonly options: (value: string, world: World) => object;
}

/** The names that the schema of an object gives its members. */
function namesIn(schema: Lazily | undefined): string[] {
  const made = schema?.();
  if (made && !(made instanceof z.ZodMiniObject))
    throw new Error("say what is in a schema that is no object");
  return Object.keys(made?.shape ?? {});
}

/** Every place of a request that text may stand in, of every endpoint that asks the table. */
const asking = Object.entries(endpoints).filter(
  ([key, { specification }]) => parametersOf(key).length > 0 || bearsToken(specification.caller),
);
const places = asking.flatMap(([key, { specification }]): Place[] => {
  const { route, query, paged, body } = specification;
  const filters = [...namesIn(query), ...(paged ? ["limit", "cursor"] : [])];
  const sealed = (value: string, { ids }: World) =>
    [ids.business, ids.boss].map((owner) => sealCursor(`${route} ${owner}`, value));
  return [
    ...parametersOf(key).map((name) => ({
      key,
      at: `{${name}}`,
      options: (value: string) => ({ params: { ...unknown, [name]: value } }),
    })),
    ...filters.map((name) => ({
      key,
      at: `?${name}`,
      options: (value: string) => ({ query: { ...queryOf(key), [name]: value } }),
    })),
    ...(paged
      ? [0, 1].map((n) => ({
          key,
          at: `a cursor of ${n ? "the caller" : "the business"}`,
          options: (value: string, world: World) => ({ query: { cursor: sealed(value, world)[n] ?? "" } }),
        }))
      : []),
    ...namesIn(body).map((name) => ({
      key,
      at: `/${name}`,
      options: (value: string, { ids }: World) => ({
        body: { ...(bodyOf(key, ids.business) as object), [name]: value },
      }),
    })),
    ...["x-business-id", "idempotency-key", "accept", "content-type"].map((name) => ({
      key,
      at: name,
      options: (value: string) => ({ headers: { [name]: value } }),
    })),
  ];
});

describe("whatever stands in a path, a query, a header or a body, and however long, it is no failure of ours", () => {
  test.each(places.map((place) => [place.key, place.at, place] as const))("%s %s", async (key, _, place) => {
    const from = await world();
    for (const value of values) {
      const ordinary = { params: unknown, query: queryOf(key), body: bodyOf(key, from.ids.business) };
      const options = { ...ordinary, ...place.options(value, from) };
      const { status } = await callOn(from.table, key, boss, options);
      expect(status, `${value.slice(0, 8)}, ${value.length} long`).toBeLessThan(500);
    }
  });
});
