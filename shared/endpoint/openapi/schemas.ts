import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Lazily } from "../wire/lazily.ts";
import { describe } from "./glossary.ts";
import { exampleOf, type JsonSchema, mayBe, partsOf } from "./json-schema.ts";

type Direction = "input" | "output";

/**
 * Turns the schemas of endpoints into JSON Schema, with what the glossary says of their members: under their own
 * name, or under that of the operation where they have none.
 */
export interface Schemas {
  /** The members of an object: what a query string may hold. */
  members(type: Lazily, operation: string): Record<string, JsonSchema>;
  withExample(type: Lazily, io: Direction, operation: string): { schema: JsonSchema; example: unknown };
  /** The named schemas that were referred to until now. */
  components(): Record<string, JsonSchema>;
}

const components = "#/components/schemas/";
const unnamed = "unnamed";

/** The objects that shared/endpoint/wire exports, whose names begin with a capital, by what the document calls them. */
const named = await namesOfWire();

export function openSchemas(): Schemas {
  const made = new Map<string, JsonSchema>();

  function convert(type: Lazily, io: Direction, operation: string): JsonSchema {
    const registry = z.registry<{ id: string }>();
    for (const [schema, id] of named) registry.add(schema(), { id });
    if (!named.has(type)) registry.add(type(), { id: unnamed });
    const uri = (id: string) => components + id;
    const { schemas } = z.toJSONSchema(registry, { io, uri, unrepresentable: "any" });
    for (const id of named.values())
      made.set(id, { ...asExamples(describe(id)), ...withGlossary(schemas[id] as JsonSchema, id) });
    const id = named.get(type);
    return id === undefined
      ? withGlossary(schemas[unnamed] as JsonSchema, operation)
      : { $ref: components + id };
  }

  const used = new Set<string>();
  const note = (schema: JsonSchema): void => {
    const id = schema.$ref?.slice(components.length);
    if (id !== undefined && !used.has(id)) {
      used.add(id);
      note(made.get(id) ?? {});
    }
    for (const part of partsOf(schema)) note(part);
  };
  const find = (ref: string) => made.get(ref.slice(components.length)) ?? {};
  return {
    members(type, operation) {
      const schema = convert(type, "input", operation);
      return (schema.$ref ? find(schema.$ref) : schema).properties ?? {};
    },
    withExample(type, io, operation) {
      const schema = convert(type, io, operation);
      note(schema);
      return { schema, example: exampleOf(schema, find) };
    },
    components: () => Object.fromEntries([...used].sort().map((id) => [id, made.get(id) ?? {}])),
  };
}

/** A schema whose members say what they mean, by the glossary. */
function withGlossary(schema: JsonSchema, owner: string): JsonSchema {
  const { $schema: _, $id: __, ...rest } = schema as JsonSchema & { $schema?: string; $id?: string };
  const { properties, items, anyOf } = rest;
  return {
    ...rest,
    ...(items && { items: withGlossary(items, owner) }),
    ...(anyOf && { anyOf: anyOf.map((part) => withGlossary(part, owner)) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => {
          const { description, example } = describe(name, owner);
          const said = asExamples({ description, ...(mayBe(member, example) && { example }) });
          return [name, { ...withGlossary(member, owner), ...said }];
        }),
      ),
    }),
  };
}

function asExamples({
  description,
  example,
}: {
  description?: string | undefined;
  example?: unknown;
}): JsonSchema {
  return { ...(description && { description }), ...(example !== undefined && { examples: [example] }) };
}

async function namesOfWire(): Promise<Map<Lazily, string>> {
  const folder = join(import.meta.dirname, "../wire");
  const names = new Map<Lazily, string>();
  for (const file of readdirSync(folder).sort()) {
    const exported = Object.entries<Lazily>(await import(join(folder, file)));
    const schemas = exported.filter(([name]) => /^[A-Z]/.test(name));
    for (const [name, schema] of schemas)
      if (schema() instanceof z.ZodMiniObject) names.set(schema, name.replace(/Response$/, ""));
  }
  return names;
}
