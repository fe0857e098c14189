/** The authorizer: its verdicts, what the gateway answers for them, and the cache on the run's clock. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { ECHO, type Mini, startMini } from "./local-run.ts";

/** Says what the token tells it to, and how often it was asked. */
const AUTHORIZER = `let asked = 0;
  exports.handler = async ({ headers, type, routeArn, identitySource }) => {
    asked += 1;
    const { authorization } = headers;
    if (authorization === "throw") throw new Error("no keys");
    if (authorization === "invalid") return { yes: true };
    return { isAuthorized: authorization !== "deny", context: { asked, type, routeArn, identitySource } };
  };`;

let local: Mini;
beforeEach(async () => {
  await local?.remove();
  local = await startMini({
    functions: { Echo: ECHO, Judge: AUTHORIZER },
    authorizer: "Judge",
    routes: { "GET /one": "Echo", "GET /two": "Echo", $default: "Echo" },
  });
});
afterAll(() => local.remove());

const ask = (token?: string, path = "/one") =>
  local.request(path, token ? { headers: { Authorization: token } } : {});
const context = async (token: string, path?: string) => {
  const event = (await ask(token, path)).json() as {
    requestContext: { authorizer: { lambda: { asked: number } } };
  };
  return event.requestContext.authorizer.lambda;
};

describe("authorizer", () => {
  it("hands its context to the function", async () => {
    expect(await context("Bearer a")).toEqual({
      asked: 1,
      type: "REQUEST",
      routeArn: "arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/one",
      identitySource: ["Bearer a"],
    });
  });

  it("is asked once for a token, on whatever route, until its time to live is over", async () => {
    expect((await context("Bearer a")).asked).toBe(1);
    expect((await context("Bearer a", "/two")).asked).toBe(1);
    expect((await context("Bearer b")).asked).toBe(2);
    local.clock.advance("PT299S");
    expect((await context("Bearer a")).asked).toBe(1);
    local.clock.advance("PT2S");
    expect((await context("Bearer a")).asked).toBe(3);
  });

  it.each([
    ["no Authorization header", undefined, 401, "Unauthorized"],
    ["isAuthorized false", "deny", 403, "Forbidden"],
    ["it throws", "throw", 500, "Internal Server Error"],
    ["it answers nonsense", "invalid", 500, "Internal Server Error"],
  ])("%s", async (_, token, status, message) => {
    const answer = await ask(token);
    expect([answer.status, answer.json()]).toEqual([status, { message }]);
  });

  it("caches a denial, but no failure", async () => {
    await ask("throw");
    await ask("throw");
    await ask("deny");
    await ask("deny");
    expect((await context("Bearer a")).asked).toBe(4);
  });

  it("isn't asked on a route without it", async () => {
    expect((await ask(undefined, "/elsewhere")).status).toBe(200);
  });
});
