import { sealCursor } from "../../shared/endpoint/cursor.ts";
import type { Table } from "../../shared/operation.ts";
import { engage, fill, memberKey } from "../table/cast.ts";
import { callOn } from "../table/in-process.ts";

export interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds of a page of 100 members: of a business of 100, and of a large one its first page and any other. */
export async function timePages(table: Table, members: number, rounds: number) {
  const [small, large] = [await engage(table), await engage(table)];
  await fill(table, small.businessId, 100);
  await fill(table, large.businessId, members);
  const page = async ({ owner, businessId }: typeof small, after?: number): Promise<number> => {
    const scope = `GET /businesses/me/users ${businessId}`;
    const cursor = after !== undefined && sealCursor(scope, memberKey(businessId, after).sk);
    const query = { limit: "100", ...(cursor && { cursor }) };
    const headers = { "x-business-id": businessId };
    const began = performance.now();
    const { body } = await callOn(table, "members/list-members", owner, { query, headers });
    const took = performance.now() - began;
    if (body.length !== 100) throw new Error(`A page of 100 has ${body.length ?? JSON.stringify(body)}`);
    return took;
  };
  const kinds = {
    small: () => page(small),
    first: () => page(large),
    any: () => page(large, Math.floor(Math.random() * (members - 200))),
  };
  const took = { small: [] as number[], first: [] as number[], any: [] as number[] };
  const names = ["small", "first", "any"] as const;
  for (const name of names) for (let n = 0; n < 20; n += 1) await kinds[name]();
  // Interleaved, each kind coming first as often as the others, so that all of them meet the same machine.
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < names.length; n += 1) {
      const name = names[(round + n) % names.length] ?? "small";
      took[name].push(await kinds[name]());
    }
  }
  return { small: timesOf(took.small), first: timesOf(took.first), any: timesOf(took.any) };
}

function timesOf(samples: number[]): Times {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (quantile: number) => sorted[Math.floor((sorted.length - 1) * quantile)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
