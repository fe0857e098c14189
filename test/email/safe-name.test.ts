import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeName } from "../../shared/email/safe-name.ts";
import { linksIn, names } from "./mail.ts";

describe("a name in an email", () => {
  test.each([
    ["Acme", "Acme"],
    ["Acme.io", "Acme. io"],
    ["J.R.R. Tolkien & Sons", "J. R. R. Tolkien & Sons"],
    ["Zoë Müller-O'Brien", "Zoë Müller-O'Brien"],
    ["AC/DC", "AC/DC"],
    ["Wait... what?", "Wait... what?"],
    ["株式会社アクメ", "株式会社アクメ"],
    ["  Acme \t\r\n Ltd  ", "Acme Ltd"],
    ["https://evil.com/login", "https: / /evil. com/login"],
    ["ann@evil.com", "ann@ evil. com"],
    ["evil․com evil。com evil．com ann＠evil", "evil․ com evil。 com evil． com ann＠ evil"],
    ["\\\\server\\share", "\\ \\server\\share"],
    ["Ac\u200bme \u202egnp.exe", "Acme gnp. exe"],
    ["tel:.1", "tel: . 1"],
    ["\u3164\u00ad\u2800", ""],
    ["a\ud800b", "ab"],
  ])("%j reads %j", (name, expected) => {
    expect(safeName(name)).toBe(expected);
  });

  test("holds nothing that a mail client makes a link of, whatever it is", () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(linksIn(safeName(name))).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });

  test("is one line, with nothing invisible, and cut between characters at 80", () => {
    fc.assert(
      fc.property(names, (name) => {
        const safe = safeName(name);
        expect(safe.length).toBeLessThanOrEqual(80);
        expect(safe).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|^\s|\s$|\s\s/u);
      }),
      { numRuns: 5_000 },
    );
    expect(safeName("👍🏽".repeat(50))).toBe(`${"👍🏽".repeat(19)}…`);
    expect(safeName(`${"x".repeat(75)} tel:+1555`)).toBe(`${"x".repeat(75)} tel…`);
    expect(safeName("x".repeat(81))).toBe(`${"x".repeat(79)}…`);
  });
});
