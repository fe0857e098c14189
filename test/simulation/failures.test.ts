import { describe, expect, test, vi } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { bearsToken } from "../../shared/endpoint/caller.ts";
import { failuresOf, operationsOf } from "../../shared/endpoint/endpoint.ts";
import { statusIn } from "../api/registry.ts";
import { byEndpoint, everywhere } from "./provokers.ts";
import { ask, boss, now, world } from "./world.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

const declared = Object.entries(endpoints).flatMap(([key, { specification }]) =>
  failuresOf(specification).map((failure): [string, string, number] => [
    key,
    failure.code,
    statusIn(key, failure),
  ]),
);

describe("every declared failure can be reached", () => {
  test.each(declared)("%s answers %s", async (key, code, status) => {
    const provoke = byEndpoint[`${key} ${code}`] ?? everywhere[code];
    if (!provoke) throw new Error(`say in ${import.meta.filename} how ${key} comes to answer ${code}`);
    const answer = await provoke(await world(), key);
    expect([answer.body.code, answer.status]).toEqual([code, status]);
  });
});

describe("a token that has expired since its verdict was cached gets 401", () => {
  const signedIn = Object.entries(endpoints).filter(([, { specification }]) =>
    bearsToken(specification.caller),
  );

  test.each(signedIn.map(([key]) => key))("%s", async (key) => {
    const { table } = await world();
    const token = {
      verdict: "valid",
      issuer: "https://idp.example.com",
      subject: "boss",
      emailVerified: false,
      trusted: false,
    } as const;
    const before = JSON.stringify([...table.items]);
    const late = await ask(table, key, boss, { verdict: { ...token, expiresAt: now / 1_000 - 11 } });
    expect([late.status, late.body.code]).toEqual([401, "unauthenticated"]);
    expect(JSON.stringify([...table.items])).toBe(before);
    const inTime = await ask(table, key, boss, { verdict: { ...token, expiresAt: now / 1_000 - 9 } });
    expect(inTime.status).not.toBe(401);
  });
});

test("an endpoint may use only what it declares, its caller and its repetitions included", () => {
  for (const [key, { specification }] of Object.entries(endpoints)) {
    for (const [name, operation] of Object.entries(operationsOf(specification))) {
      expect(operation.name, `an operation in ${key}`).toBe(name);
    }
  }
});
