import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endpoints, jobs } from "../../functions/index.ts";
import { bundleFolder, functionKeys, root } from "../../infra/bundle.ts";
import { applyLicenses } from "../../shared/billing/apply-licenses.ts";
import { operationsOf } from "../../shared/endpoint/endpoint.ts";
import type { Operation, ResourceName } from "../../shared/operation.ts";
import { empty, openStage, type Stage } from "../bench/stage.ts";

const operationsFor = (key: string) => {
  const { [key]: endpoint } = endpoints;
  return Object.values(
    endpoint ? operationsOf(endpoint.specification) : (jobs[key]?.specification.uses ?? {}),
  );
};
const uses = (key: string, resource: ResourceName) =>
  operationsFor(key).some(({ needs }) =>
    needs.some((need) => "resource" in need && need.resource === resource),
  );
const sendsEmail = (key: string) => uses(key, "email");
const bills = (key: string) => uses(key, "stripeSecret");
const applies = (key: string) => operationsFor(key).includes(applyLicenses);
const seals = (key: string) =>
  operationsFor(key).some(({ needs }) =>
    needs.some((need) => "setting" in need && need.setting === "companyUsers"),
  );
const speaksXml = (key: string) =>
  endpoints[key]?.specification.dialect?.mediaTypes.includes("application/xml") ?? false;
const readsXml = (key: string) => speaksXml(key) && endpoints[key]?.specification.body !== undefined;
const bundleOf = (key: string) => readFileSync(join(bundleFolder(key), "index.cjs"), "utf8");
/** A function's code, with what is beside its bundle. */
const codeOf = (key: string) =>
  filesOf(key)
    .map((file) => readFileSync(join(bundleFolder(key), file), "utf8"))
    .join("\n");
const filesOf = (key: string) => readdirSync(bundleFolder(key)).filter((file) => file.endsWith(".cjs"));
const isOperation = (value: unknown): value is Operation =>
  typeof value === "object" && value !== null && "name" in value && "needs" in value && "run" in value;

/** The operations that a file makes use of (`ownUser.run(…)`), by itself or by the functions that it imports. */
function partsIn(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const source = readFileSync(file, "utf8");
  const own = [...source.matchAll(/\b(\w+)\.run\(/g)].map(([, name = ""]) => name);
  const imported = [...source.matchAll(/(?:^import (?!type)[^;]*?from |\bimport\()"(\.[^"]+)"/gms)];
  return [...own, ...imported.flatMap(([, path = ""]) => partsIn(join(file, "..", path), seen))];
}

/** Every operation that there is, and those that it is made of, by name. */
async function allOperations(): Promise<Map<string, { operation: Operation; parts: string[] }>> {
  const files = readdirSync(join(root, "shared"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(root, "shared", file));
  const found = new Map<string, { operation: Operation; parts: string[] }>();
  for (const file of files) {
    const parts = partsIn(file);
    for (const operation of Object.values(await import(file)).filter(isOperation)) {
      const another = found.get(operation.name)?.operation ?? operation;
      expect(another, `two operations are named ${operation.name}`).toBe(operation);
      found.set(operation.name, { operation, parts });
    }
  }
  return found;
}

describe("the bundles", () => {
  test("hold no operation outside the uses of their endpoint", async () => {
    const all = await allOperations();
    expect(all.size).toBeGreaterThan(10);
    for (const [key, { specification }] of Object.entries(endpoints)) {
      const code = codeOf(key);
      const allowed = new Set(Object.values(operationsOf(specification)).map(({ name }) => name));
      for (const name of allowed) for (const part of all.get(name)?.parts ?? []) allowed.add(part);
      const held = [...all.keys()].filter((name) => code.includes(`name:"${name}",needs:`));
      expect([key, held.filter((name) => !allowed.has(name))]).toEqual([key, []]);
    }
  });

  test("are one file each, with no source map, and beside it only what they use", () => {
    for (const key of functionKeys) {
      const beside = [
        ...(key === "get-openapi" ? ["openapi.json"] : []),
        ...(key === "not-found" ? ["routes.json"] : []),
        ...(seals(key) ? ["jwe.cjs"] : []),
        ...(readsXml(key) ? ["saxes.cjs"] : []),
        ...(bills(key) ? ["stripe.cjs"] : []),
        ...(applies(key) ? ["work-off.cjs"] : []),
      ];
      expect([key, readdirSync(bundleFolder(key)).sort()]).toEqual([key, ["index.cjs", ...beside]]);
      expect([key, codeOf(key).includes('require("./stripe.cjs")')]).toEqual([key, bills(key)]);
      expect([key, bundleOf(key).includes('require("./work-off.cjs")')]).toEqual([key, applies(key)]);
    }
  });

  test("make no schema before a request needs one", () => {
    const zod = globalThis as { __zod_globalConfig?: { postProcessor?: (schema: unknown) => void } };
    zod.__zod_globalConfig ??= {};
    const made: string[] = [];
    for (const key of Object.keys(endpoints)) {
      zod.__zod_globalConfig.postProcessor = () => made.push(key);
      const require = createRequire(import.meta.url);
      const file = join(bundleFolder(key), "index.cjs");
      // What this process has loaded before would make nothing again.
      delete require.cache[file];
      require(file);
      delete zod.__zod_globalConfig.postProcessor;
    }
    expect(made).toEqual([]);
  });

  /** KB by kind of function. Raise one only with a reason: each 10 KB cost 1 % of a cold start. */
  const bounds = { authorizer: 40, job: 170, public: 41, read: 75, settling: 77, change: 85, mailing: 97 };
  /** What XML, the longest of all models and moving a membership to whom it is of cost more, where XML is spoken. */
  const xml = 10;
  const kindOf = (key: string): keyof typeof bounds => {
    const { caller, route } = endpoints[key]?.specification ?? {};
    if (!caller || !route) return key in jobs ? "job" : "authorizer";
    if (caller.kind === "anyone" && operationsFor(key).every(({ needs }) => needs.length === 0))
      return "public";
    if (sendsEmail(key)) return "mailing";
    if (!route.startsWith("GET")) return "change";
    return "settle" in (endpoints[key]?.specification.uses ?? {}) ? "settling" : "read";
  };

  const boundOf = (key: string) => bounds[kindOf(key)] + (speaksXml(key) ? xml : 0);

  test.each(functionKeys)("%s is within the bound of its kind", (key) => {
    expect(Buffer.byteLength(bundleOf(key)) / 1_000).toBeLessThanOrEqual(boundOf(key));
    if (bills(key)) expect(statSync(join(bundleFolder(key), "stripe.cjs")).size / 1_000).toBeLessThan(120);
  });
});

describe("a cold start", () => {
  let stage: Stage;
  const mailed: string[] = [];
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  test.each(Object.keys(endpoints))(
    "of %s never loads undici, and does what it was asked for",
    async (key) => {
      await startsWell(key, key);
    },
  );

  test("never loads undici for what an endpoint does only when asked for, of which a mail is one", async () => {
    for (const { name, key } of stage.rows.filter((row) => !(row.name in endpoints) && row.name !== empty))
      await startsWell(name, key);
    expect(mailed).toContain("company-users/add-user with a mail");
  });

  async function startsWell(name: string, key: string) {
    const { modules, answer } = await stage.start(name);
    expect(modules.length).toBeGreaterThan(100);
    expect(modules.filter((module) => module.includes("undici"))).toEqual([]);
    const isGood = answer.statusCode === 404 ? key === "not-found" : Number(answer.statusCode) < 300;
    expect([name, answer, isGood]).toEqual([name, answer, true]);
    if (!stage.mailed()) return;
    expect([name, sendsEmail(key)]).toEqual([name, true]);
    mailed.push(name);
  }

  test("costs at most 2.4 times the processor time of an empty handler's", async () => {
    const read = Object.keys(endpoints).find(
      (key) => endpoints[key]?.specification.route === "GET /users/me",
    );
    const least = new Map<string, number>();
    for (let round = 0; round < 6; round += 1) {
      for (const name of [empty, read ?? ""]) {
        const { cpuMs } = await stage.start(name);
        least.set(name, Math.min(cpuMs, least.get(name) ?? Number.POSITIVE_INFINITY));
      }
    }
    const [nothing = 0, ours = 0] = [...least.values()];
    expect(ours / nothing).toBeLessThanOrEqual(2.4);
  });
});
