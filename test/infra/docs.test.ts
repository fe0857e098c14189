import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../infra/bundle.ts";
import { lifeOfInvitations, written } from "../../infra/docs.ts";
import { moves } from "../../shared/domain/invitations.ts";

test("the README shows the life of invitations as the code has it: run `npm run docs`", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  expect(written(readme)).toBe(readme);
});

test("the diagram has an arrow for each state that a move starts from, and an end where none does", () => {
  const diagram = lifeOfInvitations();
  for (const [name, { from, to }] of Object.entries(moves))
    for (const state of from)
      expect(diagram).toMatch(new RegExp(`^  ${state} --> ${to}: .*\\b${name}\\b`, "m"));
  expect(diagram.match(/--> \[\*\]/g)?.length).toBe(3);
});
