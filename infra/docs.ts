/** `npm run docs`: writes into the README what is made from the code; a test fails when that is out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Move, moves } from "../shared/domain/invitations.ts";
import { root } from "./bundle.ts";

const rows: [name: string, move: Move][] = Object.entries(moves);

const guards = { ahead: "before its expiry", passed: "after its expiry" } as const;

/** The life of an invitation, as a diagram and as a table of its moves. */
export function lifeOfInvitations(): string {
  const arrows = Map.groupBy(
    rows.flatMap(([name, { from, to }]) => from.map((state) => ({ name, arrow: `${state} --> ${to}` }))),
    ({ arrow }) => arrow,
  );
  const left = new Set(rows.flatMap(([, { from }]) => from));
  const last = [...new Set(rows.map(([, { to }]) => to))].filter((state) => !left.has(state));
  const row = ([name, { from, to, expiry, description, event }]: (typeof rows)[0]) =>
    `| ${name} | ${from.join(", ")} → ${to} | ${expiry ? guards[expiry] : "at any time"} | ${description} | \`${event}\` |`;
  return [
    "```mermaid",
    "stateDiagram-v2",
    "  [*] --> Pending: invite",
    ...[...arrows].map(([arrow, of]) => `  ${arrow}: ${of.map(({ name }) => name).join(", ")}`),
    ...last.map((state) => `  ${state} --> [*]`),
    "```",
    "",
    "| move | states | when | what happened | audit event |",
    "|---|---|---|---|---|",
    ...rows.map(row),
  ].join("\n");
}

/** The README with what is made from the code. */
export function written(readme: string): string {
  const section = /(?<=<!-- invitations:begin -->\n).*?(?=\n<!-- invitations:end -->)/s;
  if (!section.test(readme))
    throw new Error(
      "The README has no place for the invitations: put the comments invitations:begin and :end.",
    );
  return readme.replace(section, lifeOfInvitations);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, "README.md");
  writeFileSync(file, written(readFileSync(file, "utf8")));
}
