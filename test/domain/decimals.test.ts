import fc from "fast-check";
import { expect, test } from "vitest";
import { plainDecimal } from "../../shared/domain/decimals.ts";

test.each([
  ["1e1", "10"],
  ["1E+1", "10"],
  ["1.5e-1", "0.15"],
  ["1e-7", "0.0000001"],
  ["12.50e0", "12.5"],
  ["0.001e5", "100"],
  ["33.33333333333333333301", "33.33333333333333333301"],
  ["1.50", "1.50"],
  ["0e5", "0"],
  ["-1e1", "-10"],
  ["1e400", "1e400"],
  ["1e-999999999999", "1e-999999999999"],
  ["e1", "e1"],
])("%s is %s", (text, expected) => {
  expect(plainDecimal(text)).toBe(expected);
});

test("whatever the exponent, it is the same number to the last digit", () => {
  const whole = (text: string, places: number) => {
    const [left = "", right = ""] = text.split(".");
    return BigInt(left + right.padEnd(places, "0"));
  };
  const digits = fc.integer({ min: 0, max: 99_999_999 });
  fc.assert(
    fc.property(digits, digits, fc.integer({ min: -30, max: 30 }), (left, right, exponent) => {
      const plain = plainDecimal(`${left}.${right}e${exponent}`);
      expect(plain).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
      const given = BigInt(`${left}${right}`) * 10n ** BigInt(60 + exponent - String(right).length);
      expect(whole(plain, 60)).toBe(given);
    }),
  );
});
