import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEmail } from "../../shared/domain/email.ts";

describe("emails", () => {
  test.each([
    ["Ada@Example.COM", "Ada@example.com", "ada@example.com"],
    ["  ada@example.com\n", "ada@example.com", "ada@example.com"],
    ["ada@example.com.", "ada@example.com", "ada@example.com"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
    ["ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"],
    ["ada+tag@sub.example.co.uk", "ada+tag@sub.example.co.uk", "ada+tag@sub.example.co.uk"],
    ["u\u0308ber@example.com", "über@example.com", "über@example.com"],
    ["ada@ｅxample.com", "ada@example.com", "ada@example.com"],
  ])("%j is mailed as %j and compared as %j", (input, address, key) => {
    expect(readEmail(input)).toEqual({ address, key });
  });

  test.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@@example.com",
    "ada@b@example.com",
    "ada＠example.com",
    "ada@localhost",
    "ada@127.0.0.1",
    "ada@[127.0.0.1]",
    "ada@2130706433",
    "ada@exa mple.com",
    "a b@example.com",
    "ada@example.com, bob@example.com",
    "Ada <ada@example.com>",
    "ada\u0000@example.com",
    "ada@example.com\r\nBcc: bob@example.com",
    "ada\u200b@example.com",
    ".ada@example.com",
    "ada.@example.com",
    "a..da@example.com",
    "ada@-example.com",
    "ada@example..com",
    "ada@example.com/path",
    "ada@example.com:80",
    "ada@exa%6dple.com",
    `${"a".repeat(65)}@example.com`,
    `ada@${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.com`,
  ])("%j is none", (input) => {
    expect(readEmail(input)).toBeUndefined();
  });

  test("both forms are emails again, and the same ones", () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: "grapheme" })), (input) => {
        const email = readEmail(input);
        if (!email) return;
        expect(readEmail(email.address)).toEqual(email);
        expect(readEmail(email.key)?.key).toBe(email.key);
        expect(Buffer.byteLength(email.address)).toBeLessThanOrEqual(254);
      }),
    );
  });

  test("ordinary addresses are taken", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (input) => /^[^@]{1,64}@/.test(input) === Boolean(readEmail(input))),
    );
  });
});
