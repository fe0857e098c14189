/** As many places as anybody writes a decimal with: more are left as they are, to be refused. */
const mostShift = 30;

/** A decimal without an exponent, digit by digit: 1.5e-1 is 0.15. What is no decimal stays as it is. */
export function plainDecimal(text: string): string {
  const [, sign = "", whole = "", decimals = "", exponent] =
    /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(text) ?? [];
  const shift = Number(exponent);
  if (!(Math.abs(shift) <= mostShift)) return text;
  const digits = `${"0".repeat(mostShift)}${whole}${decimals}${"0".repeat(mostShift)}`;
  const point = mostShift + whole.length + shift;
  const [left, right] = [
    digits.slice(0, point).replace(/^0+(?=\d)/, ""),
    digits.slice(point).replace(/0+$/, ""),
  ];
  return `${sign}${left}${right && `.${right}`}`;
}
