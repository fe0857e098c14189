/** Event patterns, as EventBridge rules and Lambda's event filters have them. One it doesn't know is refused by name. */

type Test = (value: unknown) => boolean;
type Matches = (event: Record<string, unknown>) => boolean;

const text =
  (test: (value: string) => boolean): Test =>
  (value) =>
    typeof value === "string" && test(value);
const equal =
  (wanted: unknown): Test =>
  (value) =>
    value === wanted;
const lower = (value: unknown) => String(value).toLowerCase();

/** What a pattern's operators test of a value that is there. */
const operators: Record<string, (argument: unknown) => Test> = {
  prefix: (argument) => affix(argument, (value, part) => value.startsWith(part)),
  suffix: (argument) => affix(argument, (value, part) => value.endsWith(part)),
  "equals-ignore-case": (argument) => text((value) => lower(value) === lower(argument)),
  wildcard: (argument) => {
    const parts = String(argument)
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${parts.join("[^]*")}$`);
    return text((value) => pattern.test(value));
  },
  "anything-but": (argument) => {
    const tests = [argument].flat().map(testOf);
    return (value) => !tests.some((test) => test(value));
  },
  numeric: (argument) => {
    const comparisons = pairs(argument as [string, number][] | (string | number)[]).map(
      ([operator, bound]) => {
        const compare = comparators[operator];
        if (!compare) throw new Error(`The local run doesn't know the numeric comparison ${operator}.`);
        return (value: number) => compare(value, bound);
      },
    );
    return (value) => typeof value === "number" && comparisons.every((holds) => holds(value));
  },
};

const comparators: Record<string, (value: number, bound: number) => boolean> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** Compiles a pattern, given as JSON or as an object. */
export function compilePattern(pattern: unknown): Matches {
  const parsed: unknown = typeof pattern === "string" ? JSON.parse(pattern) : pattern;
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new Error(`The event pattern ${JSON.stringify(pattern)} is no object.`);
  return fields(parsed as Record<string, unknown>);
}

function fields(pattern: Record<string, unknown>): Matches {
  const all = Object.entries(pattern).map(([name, wanted]): Matches => {
    if (name === "$or") {
      const choices = (wanted as Record<string, unknown>[]).map(fields);
      return (event) => choices.some((matches) => matches(event));
    }
    if (Array.isArray(wanted)) {
      const tests = wanted.map(leaf);
      return (event) => tests.some((test) => test(event[name]));
    }
    const inner = compilePattern(wanted);
    return (event) => {
      const candidates = [event[name]].flat().map((value) => (isObject(value) ? value : {}));
      return candidates.some(inner);
    };
  });
  return (event) => all.every((matches) => matches(event));
}

/** One alternative for a field: of an array, any element may match. */
function leaf(wanted: unknown): Test {
  if (isObject(wanted) && "exists" in wanted)
    return (value) => (value !== undefined && !isObject(value)) === wanted.exists;
  const test = testOf(wanted);
  return (value) => value !== undefined && [value].flat().some(test);
}

function testOf(wanted: unknown): Test {
  if (!isObject(wanted)) return equal(wanted);
  const [[name = "", argument] = [], ...others] = Object.entries(wanted);
  const operator = operators[name];
  if (!operator || others.length > 0)
    throw new Error(`The local run doesn't know the event pattern ${JSON.stringify(wanted)}.`);
  return operator(argument);
}

function affix(argument: unknown, holds: (value: string, part: string) => boolean): Test {
  if (!isObject(argument)) return text((value) => holds(value, String(argument)));
  const part = argument["equals-ignore-case"];
  if (typeof part !== "string")
    throw new Error(`The local run doesn't know the event pattern ${JSON.stringify(argument)}.`);
  return text((value) => holds(lower(value), lower(part)));
}

const pairs = (list: unknown[]) =>
  Array.from({ length: list.length / 2 }, (_, n) => [String(list[2 * n]), Number(list[2 * n + 1])] as const);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
