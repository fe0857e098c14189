import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";
import { sealSsn } from "../../shared/sealing/seal-ssn.ts";

const valid = {
  issuers: [{ issuer: "https://idp.example.com/", audience: "api" }],
  sender: "Acme <no-reply@acme.example>",
  invitations: { acceptUrl: "https://app.acme.example/invitations/{token}" },
};

describe("the configuration", () => {
  test("has defaults for all but issuers, sender and the page of invitations", () => {
    expect(readConfig("prod", { prod: valid })).toEqual({
      stage: "prod",
      issuers: [
        {
          issuer: "https://idp.example.com/",
          audience: "api",
          jwksUri: "https://idp.example.com/.well-known/jwks.json",
          trusted: false,
        },
      ],
      corsOrigins: [],
      sender: "Acme <no-reply@acme.example>",
      invitations: { ...defaultInvitationSettings, ...valid.invitations },
      companyUsers: {},
      throttle: { rate: 500, burst: 1_000 },
      logRetentionDays: 30,
    });
  });

  describe("of the key that social security numbers are sealed to", () => {
    const withKey = (ssnKey: unknown) => ({ prod: { ...valid, companyUsers: { ssnKey } } });
    const jwk = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ format: "jwk" });
    const ec = jwk(generateKeyPairSync("ec", { namedCurve: "P-256" }));
    const okp = jwk(generateKeyPairSync("x25519"));
    const rsa = jwk(generateKeyPairSync("rsa", { modulusLength: 2_048 }));
    const short = jwk(generateKeyPairSync("rsa", { modulusLength: 1_024 }));
    const signing = jwk(generateKeyPairSync("ed25519"));

    test.each([
      ["EC", ec],
      ["RSA", rsa],
      ["OKP", okp],
    ])("takes a public one, with which sealing works: %s", async (_, key) => {
      const { ssnKey } = readConfig("prod", withKey({ ...key, kid: "2026" })).companyUsers;
      expect(ssnKey).toEqual({ ...key, kid: "2026" });
      vi.stubEnv("COMPANYUSERS", JSON.stringify({ ssnKey }));
      expect(await sealSsn.run({} as never, "078-05-1120")).toMatch(/^[\w-]+(\.[\w-]+){4}$/);
      vi.unstubAllEnvs();
    });

    test.each<[string, unknown, RegExp]>([
      ["a private one", { ...ec, d: "d" }, /ssnKey: must be the public key: .* Leave out d/],
      ["the private primes of one", { ...rsa, p: "p" }, /ssnKey: must be the public key/],
      ["a secret", { kty: "oct", k: "c2VjcmV0" }, /ssnKey: must be the public key/],
      ["no JWK", "-----BEGIN PUBLIC KEY-----", /ssnKey: Invalid input/],
      ["no kind", {}, /ssnKey\.kty: must be a JWK, with kty EC, RSA or OKP/],
      ["another kind", { kty: "AKP" }, /ssnKey\.kty: must be a JWK: kty EC with crv, x and y/],
      ["a point without y", { ...ec, y: undefined }, /ssnKey\.y: must be base64url/],
      ["a curve that nothing is sealed to", { ...ec, crv: "secp256k1" }, /ssnKey\.crv: /],
      ["a point that is on no curve", { ...ec, x: ec.y, y: ec.x }, /ssnKey: is no public key/],
      ["numbers that are none", { ...ec, x: "x", y: "y" }, /ssnKey: is no public key/],
      ["RSA without e", { ...rsa, e: undefined }, /ssnKey\.e: must be base64url/],
      ["a short RSA key", short, /ssnKey\.n: must be an RSA key of at least 2048 bits/],
      ["a key to sign with", signing, /ssnKey\.crv: must be X25519/],
      ["another use", { ...ec, use: "sig" }, /ssnKey\.use: must be enc/],
      ["another algorithm", { ...rsa, alg: "RSA-OAEP" }, /ssnKey\.alg: must be RSA-OAEP-256/],
      ["operations", { ...ec, key_ops: ["verify"] }, /ssnKey\.key_ops: must be left out/],
    ])("refuses %s by name, with what to do", (_, key, sentence) => {
      expect(() => readConfig("prod", withKey(key))).toThrow(sentence);
    });
  });

  test.each<[string, object, RegExp]>([
    ["no issuer", { issuers: [] }, /context\.stages\.prod\.issuers: name at least one/],
    [
      "an http issuer",
      { issuers: [{ issuer: "http://x.y", audience: "a" }] },
      /issuers\.0\.issuer: must be an https/,
    ],
    [
      "no audience",
      { issuers: [{ issuer: "https://x.y", audience: "" }] },
      /issuers\.0\.audience: must name/,
    ],
    ["a wildcard origin", { corsOrigins: ["*"] }, /corsOrigins\.0: must be an origin/],
    ["an origin with a path", { corsOrigins: ["https://x.y/z"] }, /corsOrigins\.0: must be an origin/],
    ["no sender", { sender: "" }, /sender: must be an address/],
    ["an unknown member", { isuers: [] }, /isuers/],
    ["no burst", { throttle: { rate: 1, burst: 0 } }, /throttle\.burst/],
  ])("with %s is refused by name, with where to set it", (_, change, expected) => {
    expect(() => readConfig("prod", { prod: { ...valid, ...change } })).toThrow(expected);
  });

  const withPage = (acceptUrl: string, more: object = {}) => ({
    prod: { ...valid, invitations: { acceptUrl, ...more } },
  });

  test.each([
    "https://app.acme.example/invitations/{token}",
    "https://app.acme.example/#/join?token={token}&from=mail",
    "http://localhost:5173/invitations/{token}",
  ])("takes %s as the page of invitations", (acceptUrl) => {
    expect(readConfig("prod", withPage(acceptUrl)).invitations.acceptUrl).toBe(acceptUrl);
  });

  test.each([
    "",
    "http://app.acme.example/{token}",
    "http://localhost.acme.example/{token}",
    "https://app.acme.example/invitations",
    "https://app.acme.example/{token}/{token}",
    "https://app.acme.example/{other}/{token}",
    "https://{token}.acme.example/",
    "https://a@acme.example/{token}",
    "https://acme.example:none/{token}",
    'https://acme.example/"><b>{token}',
    "javascript:alert(1)/{token}",
  ])("refuses %j as the page of invitations, and says what it wants", (acceptUrl) => {
    expect(() => readConfig("prod", withPage(acceptUrl))).toThrow(
      /context\.stages\.prod\.invitations\.acceptUrl: must be the address of .* "https:\/\/.*\{token\}"/,
    );
  });

  test.each<[object, RegExp]>([
    [{ lifeDays: 31 }, /invitations\.lifeDays: must be at most 30/],
    [{ lifeDays: 0 }, /invitations\.lifeDays: must be at least 1/],
    [{ lifeDays: 2 }, /invitations\.reminderDays: must be less than lifeDays/],
    [{ open: 1.5 }, /invitations\.open: must be a whole number/],
    [{ perInviter: 0 }, /invitations\.perInviter: must be at least 1/],
    [{ lifeDay: 3 }, /lifeDay/],
  ])("refuses %j for invitations", (settings, expected) => {
    expect(() => readConfig("prod", withPage(valid.invitations.acceptUrl, settings))).toThrow(expected);
  });

  test("lets reminders be off, whatever the life", () => {
    const config = readConfig(
      "prod",
      withPage(valid.invitations.acceptUrl, { lifeDays: 1, reminderDays: 0 }),
    );
    expect(config.invitations).toMatchObject({ lifeDays: 1, reminderDays: 0 });
  });

  const plan = { license: "price_new", base: "price_plan" };
  const yearly = { license: "price_yearly", base: "price_yearly_plan" };
  const withPrices = (more: object) => ({
    prod: {
      ...valid,
      billing: {
        secret: "stripe",
        returnUrl: "https://app.acme.example/",
        plans: { Annual: yearly, Monthly: { ...plan, ...more } },
      },
    },
  });

  test("takes the prices that a plan had before, with and without one of the plan itself", () => {
    const formerPrices = [{ license: "price_1Old", base: "price_plan" }, { license: "price_2Older" }];
    const { billing } = readConfig("prod", withPrices({ formerPrices }));
    expect(billing?.plans).toEqual({ Annual: yearly, Monthly: { ...plan, formerPrices } });
  });

  test.each<[object, RegExp]>([
    [{ base: "price_yearly_plan" }, /billing\.plans: price_yearly_plan is Annual's base and Monthly's base/],
    [{ base: "price_new" }, /price_new is Monthly's license and Monthly's base/],
    [{ formerPrices: [{ license: "price_yearly" }] }, /Annual's license and Monthly's license/],
  ])("refuses a price that means two things: %j", (more, expected) => {
    expect(() => readConfig("prod", withPrices(more))).toThrow(expected);
  });

  test.each<[unknown, RegExp]>([
    [{ license: "price_old" }, /plans\.Monthly\.formerPrices: .*array/],
    [["price_old"], /formerPrices\.0: .*object/],
    [[{ base: "price_old" }], /formerPrices\.0\.license/],
    [[{ license: "prod_old" }], /formerPrices\.0\.license: must be the id of a price at Stripe/],
    [[{ license: "price_old", amounts: {} }], /formerPrices\.0: .*amounts/],
  ])("refuses %j as former prices", (formerPrices, expected) => {
    expect(() => readConfig("prod", withPrices({ formerPrices }))).toThrow(expected);
  });

  test("of a stage that isn't there says how to add it", () => {
    expect(() => readConfig("staging", { prod: valid })).toThrow(/add context\.stages\.staging to cdk\.json/);
    expect(() => readConfig(undefined, { prod: valid })).toThrow(/pass -c stage=prod/);
    expect(() => readConfig("Not a name", { prod: valid })).toThrow(/pass -c stage=prod/);
  });
});
