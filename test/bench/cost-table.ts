import { endpoints } from "../../functions/index.ts";
import { type Line, linesOf } from "../table/budget-lines.ts";
import { budgets } from "../table/budgets.ts";
import { rareLines } from "../table/budgets-of-sign-in.ts";
import { type Spent, spentIn } from "../table/spend.ts";

/**
 * Dollars per million request units, on demand, table class Standard, us-east-1: since 1 November 2024, as
 * https://aws.amazon.com/dynamodb/pricing/on-demand/ lists them; looked up on 22 November 2026.
 */
export const prices = { read: 0.125, write: 0.625 } as const;

export const lines: readonly Line[] = [...Object.keys(endpoints).flatMap(linesOf), ...rareLines];

export const nameOf = ({ endpoint, when }: Line): string =>
  `${endpoints[endpoint]?.specification.route}${when && ` (${when})`}`;

/** What a million calls cost. */
export const dollars = ({ reads, writes }: Spent): string =>
  (reads * prices.read + writes * prices.write).toFixed(2);

export const trips = ({ untilCommit, after }: Spent): string =>
  after > 0 ? `${untilCommit} + ${after}` : `${untilCommit}`;

/** For the README: one row an endpoint, what changes them, and what happens rarely. */
export function markdown(): string {
  const plain = Object.keys(budgets).flatMap((endpoint) => linesOf(endpoint).slice(0, 1));
  const rows = plain.filter(({ rounds }) => rounds.length > 0);
  const row = (name: string, spent: Spent) =>
    `| ${name} | ${spent.reads} | ${spent.writes} | ${trips(spent)} | ${dollars(spent)} |`;
  const routed = (line: Line) => `\`${endpoints[line.endpoint]?.specification.route}\``;
  return [
    "| request | read units | write units | round trips | $ per million |",
    "|---|---:|---:|---:|---:|",
    ...rows.map((line) => row(routed(line), spentIn(line.rounds))),
    ...rareLines.map((line) => row(`${routed(line)}: ${line.when}`, spentIn(line.rounds))),
  ].join("\n");
}
