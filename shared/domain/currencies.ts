/** How many of a currency's decimals Stripe's amounts count: as docs.stripe.com/currencies has it, not as ISO 4217. */
const decimals: Readonly<Record<string, number>> = {
  ...{ bif: 0, clp: 0, djf: 0, gnf: 0, jpy: 0, kmf: 0, krw: 0, mga: 0, pyg: 0, rwf: 0, vnd: 0, vuv: 0 },
  ...{ xaf: 0, xof: 0, xpf: 0 },
  ...{ bhd: 3, jod: 3, kwd: 3, omr: 3, tnd: 3 },
};

/** An amount of Stripe's in whole units of its currency: two decimals where nothing else is known, ISK and UGX too. */
export function inUnits(amount: number, currency: string): number {
  return amount / 10 ** (decimals[currency] ?? 2);
}
