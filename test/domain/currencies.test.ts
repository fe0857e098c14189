import { expect, test } from "vitest";
import { inUnits } from "../../shared/domain/currencies.ts";

test.each([
  ["usd", 500_000, 5_000],
  ["jpy", 500_000, 500_000],
  ["kwd", 500_000, 500],
  ["huf", 500_000, 5_000], // no decimals by CLDR, two in Stripe's amounts
  ["isk", 500_000, 5_000],
  ["ugx", 500_000, 5_000],
])("an amount of Stripe's in %s: %i is %i", (currency, amount, units) => {
  expect(inUnits(amount, currency)).toBe(units);
});
