import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Person, signIn } from "./client.ts";
import { OwnStack } from "./own-stack.ts";

const stack = new OwnStack();
beforeAll(() => stack.start());
afterAll(() => stack.remove());

/** Creates businesses one after the other until that fails; answers those that were acknowledged. */
async function writeUntilDeath(person: Person): Promise<string[]> {
  const acknowledged: string[] = [];
  for (;;) {
    const answer = await person
      .post("/businesses/me", { name: `${acknowledged.length}` })
      .catch(() => undefined);
    if (answer?.status !== 201) return acknowledged;
    acknowledged.push(answer.body.id);
  }
}

/** What there is of a person's businesses: each must be whole. */
async function wholeBusinesses(claims: object): Promise<string[]> {
  const person = await signIn(claims, stack.url);
  const ids: string[] = [];
  let path: string | undefined = "/businesses/me/options?limit=100";
  while (path) {
    const { body, headers } = await person.get(path);
    for (const { id, role } of body) {
      const header = { "x-business-id": id };
      const business = await person.get("/businesses/me", header);
      const events = await person.get("/businesses/me/events", header);
      expect([role, business.body.billingState.businessUserAssignedQuantity]).toEqual(["Owner", 1]);
      expect(events.body).toMatchObject([{ type: "business.created", subjectId: id }]);
      ids.push(id);
    }
    path = headers.get("link")?.match(/^<(.*)>/)?.[1];
  }
  return ids;
}

// Another engine than the embedded one is not ours to kill.
const killed = process.env.DYNAMODB_ENDPOINT ? ["the run"] : ["the run", "engine"];

describe("kill -9 in the middle of writes: nothing acknowledged is lost, nothing is half done", () => {
  test.each(killed)("of %s, then a start", async (what) => {
    const claims = [0, 1, 2].map((n) => ({ email: `${what.replace(" ", "-")}-${n}@example.com` }));
    const people = await Promise.all(claims.map((claim) => signIn(claim, stack.url)));
    const writing = people.map(writeUntilDeath);
    const [first] = people;
    while (((await first?.get("/businesses/me/options"))?.body.length ?? 0) < 5);
    process.kill(stack.pidOf(what), "SIGKILL");
    if (what === "engine") await stack.kill();
    const acknowledged = await Promise.all(writing);
    await stack.start();
    for (const [n, claim] of claims.entries()) {
      const found = await wholeBusinesses(claim);
      expect(found).toEqual(expect.arrayContaining(acknowledged[n] ?? []));
      expect(found.length).toBeLessThanOrEqual((acknowledged[n]?.length ?? 0) + 1);
    }
    expect(acknowledged.flat().length).toBeGreaterThan(5);
  });
});
