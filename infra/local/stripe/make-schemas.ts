/**
 * Makes `schemas.json`, the JSON schema of each request's parameters, from the SDK's own types (requests.ts):
 * `node infra/local/stripe/make-schemas.ts`, after an update of the SDK or a new line there.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator, type Schema } from "ts-json-schema-generator";

const file = join(import.meta.dirname, "schemas.json");

/** The text of `schemas.json`: one line per request. */
export function makeSchemas(): string {
  const generator = createGenerator({
    path: join(import.meta.dirname, "requests.ts"),
    tsconfig: join(import.meta.dirname, "../../../tsconfig.json"),
    ...{ type: "Requests", skipTypeCheck: true, jsDoc: "none" },
    ...{ expose: "none", topRef: false, additionalProperties: false },
  });
  const { properties = {} } = generator.createSchema("Requests");
  const lines = Object.entries(properties).map(
    ([route, schema]) => `  ${JSON.stringify(route)}: ${JSON.stringify(tighten(schema as Schema))}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** As the API has it, rather than the SDK: enumerations are closed, and decimals are strings. */
function tighten<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(tighten) as Value;
  if (typeof value !== "object" || value === null) return value;
  const { anyOf, properties, ...rest } = value as Schema;
  if (Object.keys(properties ?? {}).some((name) => name.startsWith("__@")))
    return { type: "string" } as Value;
  const closed = anyOf?.some((one) => typeof one === "object" && (one.enum || (one.const ?? "") !== ""));
  const open = (one: unknown) => JSON.stringify(one) === '{"type":"string"}';
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, tighten(inner)])),
    ...(anyOf && { anyOf: tighten(closed ? anyOf.filter((one) => !open(one)) : anyOf) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, tighten(one)])),
    }),
  } as Value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, makeSchemas());
