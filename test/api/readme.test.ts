import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OwnStack } from "./own-stack.ts";

const stack = new OwnStack();
beforeAll(() => stack.start());
afterAll(() => stack.remove());

test("the README's first session works word for word", () => {
  const readme = readFileSync("README.md", "utf8");
  const [, session = ""] = /## A first session[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(session).toContain("http://localhost:3000");
  const script = session.replace("http://localhost:3000", stack.url);
  const { stdout, status } = spawnSync("bash", ["-e", "-c", script], { encoding: "utf8" });
  expect(status).toBe(0);
  const answers = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const problems = answers.filter(({ code }) => code);
  expect(problems).toMatchObject([
    { code: "invalid_request", errors: [{ pointer: "/name" }, { pointer: "/nome" }] },
  ]);
  expect(answers.at(-2)).toEqual({ now: expect.any(String), offsetMs: 8 * 86_400_000 });
  expect(answers.at(-1)).toMatchObject([{ email: "nobody@example.com", status: "Expired" }]);
});
