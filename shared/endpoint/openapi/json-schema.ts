/** A JSON Schema, as far as it is looked into here. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  examples?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
};

/** The schemas right inside a schema. */
export const partsOf = ({ properties = {}, items, anyOf = [] }: JsonSchema) => [
  ...Object.values(properties),
  ...(items ? [items] : []),
  ...anyOf,
];

/** Whether a closed list of values, where the schema is one, has this value. */
export function mayBe(schema: JsonSchema, value: unknown): boolean {
  if (schema.anyOf) return schema.anyOf.some((part) => mayBe(part, value));
  if (schema.type === "null") return value === null;
  if ("const" in schema) return schema.const === value;
  return !schema.enum || schema.enum.includes(value);
}

/** An example of a schema, made of those of its members. */
export function exampleOf(schema: JsonSchema, find: (ref: string) => JsonSchema): unknown {
  const { examples, $ref, properties, items, anyOf, type, minimum = 0 } = schema;
  if (examples) return examples[0];
  if ($ref) return exampleOf(find($ref), find);
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (anyOf?.[0]) return exampleOf(anyOf[0], find);
  if (items) return [exampleOf(items, find)];
  const [kind] = [type].flat();
  if (kind === "object") {
    const members = Object.entries(properties ?? {});
    return Object.fromEntries(members.map(([name, member]) => [name, exampleOf(member, find)]));
  }
  if (kind === "boolean") return false;
  return kind === "number" || kind === "integer" ? minimum : "";
}
