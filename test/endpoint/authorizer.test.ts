import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

const issuer = "https://idp.example.com";
const audience = "tenantry";
const now = Date.UTC(2026, 0, 1);
const second = now / 1_000;

let server: Server;
let fetches = 0;
let isDown = false;
const keys = await generateKeyPair("RS256", { extractable: true });
const strangers = await generateKeyPair("RS256", { extractable: true });
const publicKey = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256", use: "sig" };

beforeAll(async () => {
  server = createServer((_, response) => {
    fetches += 1;
    response.writeHead(isDown ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: [publicKey] }));
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
});
afterAll(() => void server.close());

let authorize: (event: never) => Promise<{ isAuthorized: boolean; context: Record<string, unknown> }>;
beforeEach(async () => {
  const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  vi.stubEnv("ISSUERS", JSON.stringify([{ issuer, audience, jwksUri, trusted: true }]));
  vi.resetModules();
  fetches = 0;
  isDown = false;
  authorize = (await import("../../functions/authorizer.ts")).handler as never;
});

const claims = { iss: issuer, aud: audience, sub: "ada", iat: second, exp: second + 60 };

function sign(payload: JWTPayload, { kid = "k1", key = keys.privateKey } = {}): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid }).sign(key);
}

async function verdictOn(token: string, at = now) {
  const event = { headers: { authorization: `Bearer ${token}` }, requestContext: { timeEpoch: at } };
  return authorize(event as never);
}

describe("the authorizer", () => {
  test("hands on issuer, subject, email, whether it is verified, name and expiry of a valid token", async () => {
    const token = await sign({ ...claims, email: "ada@example.com", email_verified: true, name: "Ada" });
    expect(await verdictOn(token)).toEqual({
      isAuthorized: true,
      context: {
        verdict: "valid",
        issuer,
        subject: "ada",
        email: "ada@example.com",
        emailVerified: true,
        name: "Ada",
        expiresAt: second + 60,
        trusted: true,
      },
    });
  });

  test("takes an email as verified only where the token says so", async () => {
    for (const [email_verified, expected] of [
      [undefined, false],
      [false, false],
      ["false", false],
      ["true", true],
      [1, false],
    ] as const) {
      const token = await sign({ ...claims, email: "ada@example.com", email_verified });
      expect((await verdictOn(token)).context.emailVerified).toBe(expected);
    }
  });

  test("tolerates clocks that differ by a little, and no more", async () => {
    const token = await sign(claims);
    expect((await verdictOn(token, now + 65_000)).context.verdict).toBe("valid");
    expect((await verdictOn(token, now + 75_000)).context.verdict).toBe("invalid");
  });

  test.each<[string, () => Promise<string> | string]>([
    ["garbage", () => "a.b.c"],
    ["no token", () => ""],
    ["another issuer", () => sign({ ...claims, iss: "https://evil.example.com" })],
    ["another audience", () => sign({ ...claims, aud: "other" })],
    ["an expired token", () => sign({ ...claims, exp: second - 60 })],
    ["one that isn't valid yet", () => sign({ ...claims, nbf: second + 60 })],
    ["no expiry", () => sign({ iss: issuer, aud: audience, sub: "ada" })],
    ["no subject", () => sign({ iss: issuer, aud: audience, exp: second + 60 })],
    ["another's key under a known key id", () => sign(claims, { key: strangers.privateKey })],
    ["alg none", () => new UnsecuredJWT(claims).encode()],
    [
      "HS256 signed with the public key",
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: "HS256", kid: "k1" })
          .sign(Buffer.from(JSON.stringify(publicKey))),
    ],
  ])("calls %s invalid and says why", async (_, token) => {
    const { isAuthorized, context } = await verdictOn(await token());
    expect([isAuthorized, context.verdict]).toEqual([true, "invalid"]);
    expect(context.reason).toMatch(/\.$/);
  });

  test("fetches the keys at most once in 30 s, however many unknown key ids arrive", async () => {
    const tokens = await Promise.all(
      Array.from({ length: 30 }, (_, n) => sign(claims, { kid: `unknown-${n}` })),
    );
    for (const token of tokens) expect((await verdictOn(token)).context.verdict).toBe("invalid");
    expect(fetches).toBe(1);
  });

  test("throws where the keys can't be had, so that the outage is not cached, and asks again after 30 s", async () => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(now);
    isDown = true;
    for (let n = 0; n < 5; n += 1) await expect(verdictOn(await sign(claims))).rejects.toThrow();
    expect(fetches).toBe(1);
    isDown = false;
    clock.mockReturnValue(now + 30_000);
    expect((await verdictOn(await sign(claims))).context.verdict).toBe("valid");
    expect(fetches).toBe(2);
    clock.mockRestore();
  });

  test.each(["", "null", "{}", '[{"issuer": "x"}]'])(
    "configured with %j lets nobody in",
    async (configured) => {
      vi.stubEnv("ISSUERS", configured);
      vi.resetModules();
      await expect(import("../../functions/authorizer.ts")).rejects.toThrow();
    },
  );
});
