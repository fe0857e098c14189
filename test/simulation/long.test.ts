import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("./long.ts", import.meta.url));

function long(options: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [script, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const heard = { text: "" };
  child.stdout?.on("data", (data) => {
    heard.text += data;
  });
  const ended = once(child, "close").then(([code]) => ({ code, text: heard.text }));
  return { child, ended };
}

test("Ctrl-C stops the long course, which says how to go on, and goes on there with the same seed", async () => {
  const { child, ended } = long(["--schedules", "1000000", "--seed", "7", "--from", "50"]);
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  child.kill("SIGINT");
  const { code, text } = await ended;
  expect(code).toBe(0);
  const [, stopped] =
    /^Stopped at schedule (\d+); every one from 50 on held until there\.$/m.exec(text) ?? [];
  const [, schedules, rest = ""] =
    /^To go on: npm run test:long -- --schedules (\d+) (.+)$/m.exec(text) ?? [];
  expect(schedules).toBe("1000000");
  expect(rest).toBe(`--seed 7 --from ${stopped}`);
  const reached = Number(stopped);
  // Whole pieces of a hundred, from where it began.
  expect((reached - 50) % 100).toBe(0);
  expect(reached).toBeGreaterThanOrEqual(50);

  const going = long(["--schedules", `${reached + 20}`, ...rest.split(" ")]);
  const { code: again, text: told } = await going.ended;
  expect(told).toContain(`Every one of 20 schedules held (--seed 7, from ${reached} on).`);
  expect(again).toBe(0);
}, 60_000);

test("the long course begins nowhere behind its end", async () => {
  const { code } = await long(["--schedules", "100", "--from", "100", "--seed", "7"]).ended;
  expect(code).toBe(1);
}, 20_000);
