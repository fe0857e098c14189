import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "./client.ts";
import { OwnStack } from "./own-stack.ts";

const stack = new OwnStack();
beforeAll(() => stack.start());
afterAll(() => stack.remove());

test("a token that expires while API Gateway still caches its verdict is refused from then on", async () => {
  const person = await signIn({ expiresIn: 60 }, stack.url);
  expect((await person.get("/users/me")).status).toBe(200);
  const body = JSON.stringify({ advance: "PT90S" }); // the verdict is cached for five minutes
  await fetch(`${stack.url}/_local/clock`, { method: "POST", body });
  const { status, body: problem } = await person.get("/users/me");
  expect([status, problem.code, problem.detail]).toEqual([
    401,
    "unauthenticated",
    "The token has expired. Sign in again.",
  ]);
});
