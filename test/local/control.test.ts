/** The controls of the run: one clock for everything, and an issuer with which anyone can be anyone. */
import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDuration } from "../../infra/local/clock.ts";
import { AUDIENCE, ISSUER } from "../../infra/local/issuer.ts";
import { type Mini, startMini } from "./local-run.ts";

const NOW = `const called = new Date(); exports.handler = async ({ requestContext }) => ({
  now: Date.now(), date: new Date().getTime(), text: Date.parse(Date()), given: new Date(0).getTime(),
  same: new Date() instanceof Date && new Date().constructor === Date, timeEpoch: requestContext?.timeEpoch,
});`;
const DISCOVER = `exports.handler = async () =>
  (await fetch(new Request("${ISSUER}/.well-known/openid-configuration"))).json();`;

let local: Mini;
beforeAll(async () => {
  const functions = { Now: NOW, Discover: DISCOVER };
  local = await startMini({ functions, routes: { "GET /now": "Now", "GET /discover": "Discover" } });
});
afterAll(() => local.remove());

const post = (path: string, body: unknown, headers = {}) =>
  local.request(path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
  });
const token = async (body: unknown) =>
  ((await post("/_local/token", body)).json() as { token: string }).token;
const DAY = 24 * 60 * 60 * 1000;

describe("clock", () => {
  it("moves time for everything: gateway, functions, tokens", async () => {
    await local.request("/now");
    const answer = (await post("/_local/clock", { advance: "P1D" })).json();
    expect(answer).toEqual({ now: expect.any(String), offsetMs: DAY });
    const tomorrow = Date.now() + DAY;
    const near = (time: unknown) => expect(Math.abs(Number(time) - tomorrow)).toBeLessThan(5_000);
    const now = (await local.request("/now")).json() as Record<string, number>;
    for (const name of ["now", "date", "text", "timeEpoch"]) near(now[name]);
    expect(now).toMatchObject({ given: 0, same: true });
    const [, payload = ""] = (await token({ email: "a@example.com" })).split(".");
    near(JSON.parse(Buffer.from(payload, "base64url").toString()).iat * 1000);
    near(Date.parse(((await local.request("/_local/clock")).json() as { now: string }).now));
  });

  it("keeps its offset over a restart", async () => {
    const before = await startMini({ functions: {} });
    before.clock.advance("PT1H");
    await before.stop();
    const after = await startMini({ functions: {} }, { stateDir: before.stateDir });
    expect(after.clock.offsetMs()).toBe(DAY / 24);
    await after.remove();
    await before.remove();
  });

  it.each([
    ["P1D", "2028-03-01T12:00:00.000Z"],
    ["PT36H", "2028-03-02T00:00:00.000Z"],
    ["P1Y2M", "2029-04-29T12:00:00.000Z"],
    ["P2W", "2028-03-14T12:00:00.000Z"],
    ["PT1M0.5S", "2028-02-29T12:01:00.500Z"],
  ])("adds %s", (duration, expected) => {
    expect(new Date(addDuration(Date.UTC(2028, 1, 29, 12), duration)).toISOString()).toBe(expected);
  });

  it.each([["P"], ["PT"], ["1D"], ["-P1D"], ["P1H"], ["P99999Y"], [""]])("refuses %j", async (advance) => {
    const { status, text } = await post("/_local/clock", { advance });
    expect([status, text]).toEqual([400, expect.stringContaining(advance)]);
  });
});

describe("token", () => {
  const keys = () =>
    createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`), {
      [customFetch]: (url: string, init: RequestInit) =>
        fetch(url.replace(ISSUER, `${local.url}/_local/issuer`), init),
    });
  const verify = async (jwt: string) =>
    (
      await jwtVerify(jwt, keys(), {
        issuer: ISSUER,
        audience: AUDIENCE,
        currentDate: new Date(local.clock.now()),
      })
    ).payload;

  it("is verified by the issuer's keys, and lives ten years", async () => {
    const claims = await verify(await token({ email: "Olivia@example.com", name: "Olivia" }));
    expect(claims).toMatchObject({ email: "Olivia@example.com", email_verified: true, name: "Olivia" });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3650 * 24 * 60 * 60);
    expect((await verify(await token({ email: "olivia@example.com" }))).sub).toBe(claims.sub);
  });

  it("says what is asked for", async () => {
    const claims = await verify(
      await token({ email: "a@example.com", emailVerified: false, subject: "s", expiresIn: 60 }),
    );
    expect(claims).toMatchObject({ email_verified: false, sub: "s" });
    await expect(verify(await token({ email: "a@example.com", expiresIn: -60 }))).rejects.toThrow("exp");
  });

  it("is still good after a restart", async () => {
    const before = await startMini({ functions: {} });
    const [header] = (await before.token({ email: "a@example.com" })).split(".");
    await before.stop();
    const after = await startMini({ functions: {} }, { stateDir: before.stateDir });
    expect((await after.token({ email: "a@example.com" })).split(".")[0]).toBe(header);
    await after.remove();
    await before.remove();
  });

  it("is found by functions at the issuer's own host", async () => {
    expect((await local.request("/discover")).json()).toMatchObject({
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
    });
  });

  it.each([
    [{}, "email"],
    [{ email: 1 }, "email"],
    [{ email: "a@example.com", expiresIn: "soon" }, "expiresIn"],
    [{ email: "a@example.com", admin: true }, "admin"],
    ["{", "JSON"],
  ])("refuses %j", async (body, word) => {
    const { status, text } = await post("/_local/token", body);
    expect([status, text]).toEqual([400, expect.stringContaining(word)]);
  });

  it("isn't given to the pages of other sites", async () => {
    const { status } = await post(
      "/_local/token",
      { email: "a@example.com" },
      { origin: "https://evil.example" },
    );
    expect(status).toBe(403);
  });
});
