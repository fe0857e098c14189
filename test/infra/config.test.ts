import { describe, expect, test } from "vitest";
import { readConfig } from "../../infra/config.ts";

const valid = {
  issuers: [{ issuer: "https://idp.example.com/", audience: "api" }],
  sender: "Acme <no-reply@acme.example>",
};

describe("the configuration", () => {
  test("has defaults for all but issuers and sender", () => {
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
      throttle: { rate: 500, burst: 1_000 },
      logRetentionDays: 30,
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

  test("of a stage that isn't there says how to add it", () => {
    expect(() => readConfig("staging", { prod: valid })).toThrow(/add context\.stages\.staging to cdk\.json/);
    expect(() => readConfig(undefined, { prod: valid })).toThrow(/pass -c stage=prod/);
    expect(() => readConfig("Not a name", { prod: valid })).toThrow(/pass -c stage=prod/);
  });
});
