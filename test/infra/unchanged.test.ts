import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../../infra/bundle.ts";
import { isCurrent, inputsOf as madeFrom } from "../../infra/bundle-inputs.ts";
import { synthesise } from "../../infra/synthesise.ts";
import { inputsOf, isUnchanged, remember } from "../../infra/unchanged.ts";
import { assembly } from "../build.ts";

let copy: string;
const made = () => join(copy, "cdk.out");
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "tenantry-unchanged-"));
  for (const source of ["functions", "infra", "shared", "cdk.json", "package-lock.json"])
    cpSync(join(root, source), join(copy, source), { recursive: true });
  mkdirSync(join(copy, ".build"));
  writeFileSync(join(copy, ".build/inputs.json"), "{}");
  mkdirSync(join(made(), `asset.${"0".repeat(64)}`), { recursive: true });
  writeFileSync(join(made(), "Stack.template.json"), "{}");
  writeFileSync(join(made(), "Stack.assets.json"), `{"path": "asset.${"0".repeat(64)}"}`);
  remember(copy, made(), inputsOf(copy, "local"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

const edit = (file: string) => {
  const path = join(copy, file);
  writeFileSync(path, `${readFileSync(path, "utf8")}\n`);
};
const unchanged = (stage = "local") => isUnchanged(copy, made(), inputsOf(copy, stage));

describe("an assembly", () => {
  test("is kept while nothing that makes it changes", async () => {
    expect(unchanged()).toBe(true);
    edit("infra/local/run.ts");
    expect(unchanged()).toBe(true);
    const said: string[] = [];
    await synthesise({ stage: "local", output: assembly, onProgress: (line) => said.push(line) });
    expect(said).toEqual(["the stack is unchanged"]);
  });

  test.each([
    "functions/index.ts",
    "functions/users/get-me.ts",
    "infra/stack.ts",
    "shared/endpoint/endpoint.ts",
    "shared/table/users.ts",
    "cdk.json",
    "package-lock.json",
    "cdk.out/Stack.template.json",
    ".build/inputs.json",
  ])("is made anew when %s changes", (file) => {
    edit(file);
    expect(unchanged()).toBe(false);
  });

  test("is made anew for another stage, a new source, and where an asset or the record is gone", () => {
    expect(unchanged("prod")).toBe(false);
    rmSync(join(made(), `asset.${"0".repeat(64)}`), { recursive: true });
    expect(unchanged()).toBe(false);
    mkdirSync(join(made(), `asset.${"0".repeat(64)}`));
    writeFileSync(join(copy, "functions/new.ts"), "");
    expect(unchanged()).toBe(false);
    rmSync(join(copy, "functions/new.ts"));
    expect(unchanged()).toBe(true);
    rmSync(made(), { recursive: true });
    expect(unchanged()).toBe(false);
  });
});

describe("the bundles", () => {
  const record = () => madeFrom(copy, ["health"], { inputs: {}, outputs: {} });

  test.each(["infra/stripe-sdk.ts", "shared/billing/stripe-resources.ts", "package-lock.json"])(
    "are made anew when %s changes, of which none of them consists",
    (file) => {
      const was = record();
      expect(isCurrent(copy, ["health"], was)).toBe(true);
      edit(file);
      expect(isCurrent(copy, ["health"], was)).toBe(false);
    },
  );

  test("are made anew where the record is of a time that knew less of what makes them", () => {
    const { hashes, ...was } = record();
    const { "infra/stripe-sdk.ts": _, ...fewer } = hashes;
    expect(isCurrent(copy, ["health"], { ...was, hashes: fewer })).toBe(false);
  });
});
