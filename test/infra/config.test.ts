import { describe, expect, test } from "vitest";
import { readConfig } from "../../infra/config.ts";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";

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

  test("takes a public key to seal to, and no private one", () => {
    const key = { kty: "EC", crv: "P-256", x: "x", y: "y" };
    const withKey = (ssnKey: object) => ({ prod: { ...valid, companyUsers: { ssnKey } } });
    expect(readConfig("prod", withKey(key)).companyUsers.ssnKey).toEqual(key);
    expect(() => readConfig("prod", withKey({ ...key, d: "d" }))).toThrow(
      /companyUsers\.ssnKey: must be the public key: this one holds the private part/,
    );
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

  test("of a stage that isn't there says how to add it", () => {
    expect(() => readConfig("staging", { prod: valid })).toThrow(/add context\.stages\.staging to cdk\.json/);
    expect(() => readConfig(undefined, { prod: valid })).toThrow(/pass -c stage=prod/);
    expect(() => readConfig("Not a name", { prod: valid })).toThrow(/pass -c stage=prod/);
  });
});
