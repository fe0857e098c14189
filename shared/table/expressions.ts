/** Conditions and updates as data, compiled to DynamoDB expressions (every name and value aliased). */

export type Scalar = string | number | boolean;

/** On one attribute: equal to a value, one of a list, absent (null) or there, another value or none, a number with a bound. */
export type Test =
  | Scalar
  | readonly Scalar[]
  | null
  | { readonly not: Scalar }
  | { readonly exists: true }
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly above: number }
  | { readonly below: number }
  | { readonly belowOrAbsent: number }
  /** Below another attribute, if that is there. */
  | { readonly belowLimit: string };

export type Tests = Readonly<Record<string, Test>>;

/**
 * On an item: that it exists, that it doesn't, that its attributes pass tests (so it exists, or a test is null), or
 * that they pass one group of tests out of several.
 */
export type Condition = "exists" | "missing" | Tests | readonly Tests[];

export interface Changes {
  readonly set?: Readonly<Record<string, unknown>>;
  /** Set only where the attribute is absent. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  readonly append?: Readonly<Record<string, readonly unknown[]>>;
  readonly remove?: readonly string[];
}

/** Members to set and, where they are undefined, to remove. */
export function setOrRemove(members: Readonly<Record<string, unknown>>): Changes {
  const given = Object.entries(members);
  return {
    set: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    remove: given.filter(([, value]) => value === undefined).map(([name]) => name),
  };
}

/** Collects the aliases of one expression's names and values. */
export class Aliases {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  name(attribute: string): string {
    this.names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }

  value(value: unknown): string {
    const alias = `:v${Object.keys(this.values).length}`;
    this.values[alias] = value;
    return alias;
  }

  /** The members of an SDK request that carry the aliases; DynamoDB refuses empty ones. */
  members(): {
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: Record<string, unknown>;
  } {
    return {
      ...(Object.keys(this.names).length > 0 && { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    };
  }
}

export function conditionExpression(condition: Condition, aliases: Aliases): string {
  if (condition === "exists") return `attribute_exists(${aliases.name("pk")})`;
  if (condition === "missing") return `attribute_not_exists(${aliases.name("pk")})`;
  if (isGroups(condition)) {
    // One test alone stays bare: DynamoDB refuses redundant parentheses.
    const groups = condition.map(
      (tests) => [conditionExpression(tests, aliases), Object.keys(tests).length] as const,
    );
    return groups.map(([group, tests]) => (tests > 1 ? `(${group})` : group)).join(" OR ");
  }
  return Object.entries(condition)
    .map(([attribute, test]) => testExpression(aliases.name(attribute), test, aliases))
    .join(" AND ");
}

function isGroups(condition: Tests | readonly Tests[]): condition is readonly Tests[] {
  return Array.isArray(condition);
}

function testExpression(name: string, test: Test, aliases: Aliases): string {
  if (test === null) return `attribute_not_exists(${name})`;
  if (typeof test !== "object") return `${name} = ${aliases.value(test)}`;
  if ("not" in test) return `${name} <> ${aliases.value(test.not)}`;
  if ("exists" in test) return `attribute_exists(${name})`;
  if ("atMost" in test) return `${name} <= ${aliases.value(test.atMost)}`;
  if ("above" in test) return `${name} > ${aliases.value(test.above)}`;
  if ("atLeast" in test) return `${name} >= ${aliases.value(test.atLeast)}`;
  if ("below" in test) return `${name} < ${aliases.value(test.below)}`;
  if ("belowOrAbsent" in test) {
    return `(attribute_not_exists(${name}) OR ${name} < ${aliases.value(test.belowOrAbsent)})`;
  }
  if ("belowLimit" in test) {
    const limit = aliases.name(test.belowLimit);
    return `(${name} < ${limit} OR (attribute_exists(${name}) AND attribute_not_exists(${limit})))`;
  }
  return `${name} IN (${test.map((value) => aliases.value(value)).join(", ")})`;
}

export function updateExpression(changes: Changes, aliases: Aliases): string {
  const { set = {}, setOnce = {}, add = {}, append = {}, remove = [] } = changes;
  const sets = [
    ...Object.entries(set).map(([name, value]) => `${aliases.name(name)} = ${aliases.value(value)}`),
    ...Object.entries(setOnce).map(
      ([name, value]) =>
        `${aliases.name(name)} = if_not_exists(${aliases.name(name)}, ${aliases.value(value)})`,
    ),
    ...Object.entries(append).map(([name, items]) => {
      const list = `if_not_exists(${aliases.name(name)}, ${aliases.value([])})`;
      return `${aliases.name(name)} = list_append(${list}, ${aliases.value(items)})`;
    }),
  ];
  const adds = Object.entries(add).map(([name, value]) => `${aliases.name(name)} ${aliases.value(value)}`);
  const removes = remove.map((name) => aliases.name(name));
  return [
    sets.length > 0 && `SET ${sets.join(", ")}`,
    adds.length > 0 && `ADD ${adds.join(", ")}`,
    removes.length > 0 && `REMOVE ${removes.join(", ")}`,
  ]
    .filter(Boolean)
    .join(" ");
}
