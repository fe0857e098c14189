import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { sealSsn } from "../../shared/sealing/seal-ssn.ts";

const readme = readFileSync("README.md", "utf8");
const context = { now: 0, timeLeft: () => 1_000, cleared: async () => {} };
afterEach(() => void vi.unstubAllEnvs());

/** Runs a line of the README as somebody would who pastes it, with Lambda's Node.js. */
function paste(line: string, env: Record<string, string> = {}): string {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  return execFileSync("bash", ["-ec", line], {
    encoding: "utf8",
    env: { ...process.env, PATH, ...env },
  }).trim();
}

describe("the README's lines for social security numbers", () => {
  test("make a key pair, and open with its private part what was sealed to the public one", async () => {
    const [, make = ""] = /```sh\n(.*) > ssn-key\.json\n```/.exec(readme) ?? [];
    const [, open = ""] = /<!-- open-ssn:begin -->\n```sh\n(.*)\n```/.exec(readme) ?? [];
    expect([make, open]).toEqual([expect.stringMatching(/^node /), expect.stringMatching(/^node /)]);
    const key = paste(make);
    const { d, ...ssnKey } = JSON.parse(key);
    expect(typeof d).toBe("string");
    vi.stubEnv("COMPANYUSERS", JSON.stringify({ ssnKey }));
    const sealed = (await sealSsn.run(context, "078-05-1120")) ?? "";
    const isOpened = paste(open.replace("$(cat ssn-key.json)", "$KEY"), { KEY: key, SEALED: sealed });
    expect(isOpened).toBe("078-05-1120");
  });
});

test("the same number is sealed to something else each time, and to nothing without a key", async () => {
  const { companyUsers } = JSON.parse(readFileSync("cdk.json", "utf8")).context.stages.local;
  vi.stubEnv("COMPANYUSERS", JSON.stringify(companyUsers));
  const sealed = await Promise.all([sealSsn.run(context, "1"), sealSsn.run(context, "1")]);
  expect(new Set(sealed).size).toBe(2);
  vi.stubEnv("COMPANYUSERS", "{}");
  expect(await sealSsn.run(context, "1")).toBeUndefined();
});
