import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { root } from "../../infra/bundle.ts";
import { assembly } from "../build.ts";

// The CDK's command does all of it anew, validation included.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "tenantry-synth-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = join(root, "node_modules/aws-cdk/bin/cdk");
const cdk = (...options: string[]) =>
  spawnSync(process.execPath, [command, "synth", "--quiet", "--output", folder, ...options], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: "true" },
  });

describe("synthesising", () => {
  test("by the CDK's command gives the template that the laptop runs, clean by cdk-nag and validation", () => {
    const { status, stderr } = cdk();
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/error|warning/i)]);
    const read = (from: string) => readFileSync(join(from, "Tenantry.template.json"), "utf8");
    expect(read(folder)).toBe(read(assembly));
  });

  test("a stage that isn't configured fails and says what to set and where", () => {
    const { status, stderr } = cdk("--context", "stage=prod");
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/context\.stages\.prod\.issuers: name at least one identity provider/);
    expect(stderr).toMatch(/context\.stages\.prod\.sender: must be an address that SES has verified/);
    expect(stderr).toMatch(/context\.stages\.prod\.invitations\.acceptUrl: must be the address of your page/);
  });
});
