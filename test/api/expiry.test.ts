import { expect, test } from "vitest";
import { advance, signIn } from "./client.ts";

test("a token that expires while API Gateway still caches its verdict is refused from then on", async () => {
  const person = await signIn({ expiresIn: 60 });
  expect((await person.get("/users/me")).status).toBe(200);
  await advance("PT90S"); // the verdict is cached for five minutes
  const { status, body: problem } = await person.get("/users/me");
  expect([status, problem.code, problem.detail]).toEqual([
    401,
    "unauthenticated",
    "The token has expired. Sign in again.",
  ]);
});
