/** Evaluates the expressions that `shared/table` compiles: conditions, filters and updates. Each text is read once. */
export type Item = Record<string, unknown>;

export interface Names {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

type Test = (item: Item, names: Names) => boolean;
type Value = (item: Item, names: Names) => unknown;
/** Changes the item `after`, from what was there before. */
type Change = (after: Item, before: Item, names: Names) => void;

/** Reads an expression token by token. */
class Reader {
  readonly #tokens: string[];
  #at = 0;

  constructor(expression: string) {
    this.#tokens = expression.match(/[#:]?\w+|<>|>=|<=|[=<>(),]/g) ?? [];
  }

  get next(): string | undefined {
    return this.#tokens[this.#at];
  }

  take(expected?: string): string {
    const token = this.#tokens[this.#at] ?? "";
    if (expected && token !== expected) throw new Error(`expected ${expected}, found ${token || "the end"}`);
    this.#at += 1;
    return token;
  }

  takes(token: string): boolean {
    if (this.next !== token) return false;
    this.#at += 1;
    return true;
  }
}

/** Reads each text once: they come by the million, and are few. */
function once<Read>(read: (expression: string) => Read): (expression: string) => Read {
  const known = new Map<string, Read>();
  return (expression) => {
    const found = known.get(expression) ?? read(expression);
    known.set(expression, found);
    return found;
  };
}

const condition = once((expression): Test => {
  const reader = new Reader(expression);
  const test = disjunction(reader);
  if (reader.next !== undefined) throw new Error(`unexpected ${reader.next} in ${expression}`);
  return test;
});

export function holds(expression: string | undefined, item: Item | undefined, names: Names): boolean {
  return !expression || condition(expression)(item ?? {}, names);
}

function disjunction(reader: Reader): Test {
  const tests = [conjunction(reader)];
  while (reader.takes("OR")) tests.push(conjunction(reader));
  return (item, names) => tests.some((test) => test(item, names));
}

function conjunction(reader: Reader): Test {
  const tests = [term(reader)];
  while (reader.takes("AND")) tests.push(term(reader));
  return (item, names) => tests.every((test) => test(item, names));
}

function term(reader: Reader): Test {
  if (reader.takes("(")) {
    const test = disjunction(reader);
    reader.take(")");
    return test;
  }
  const first = reader.take();
  if (["attribute_exists", "attribute_not_exists", "begins_with"].includes(first)) {
    reader.take("(");
    const value = operand(reader.take());
    if (first === "begins_with") {
      reader.take(",");
      const prefix = operand(reader.take());
      reader.take(")");
      return (item, names) => String(value(item, names)).startsWith(String(prefix(item, names)));
    }
    reader.take(")");
    return (item, names) => (value(item, names) !== undefined) === (first === "attribute_exists");
  }
  const left = operand(first);
  const operator = reader.take();
  if (operator === "IN") {
    reader.take("(");
    const options = [operand(reader.take())];
    while (reader.takes(",")) options.push(operand(reader.take()));
    reader.take(")");
    return (item, names) => options.some((option) => option(item, names) === left(item, names));
  }
  const right = operand(reader.take());
  return (item, names) => compare(operator, left(item, names), right(item, names));
}

function compare(operator: string, left: unknown, right: unknown): boolean {
  if (operator === "=") return left !== undefined && left === right;
  if (operator === "<>") return left !== right;
  if (left === undefined || typeof left !== typeof right) return false;
  const [a, b] = [left as number, right as number];
  if (operator === ">=") return a >= b;
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  if (operator === ">") return a > b;
  throw new Error(`no operator ${operator}`);
}

function operand(token: string): Value {
  if (token.startsWith(":")) return (_, names) => names.ExpressionAttributeValues?.[token];
  return (item, names) => item[nameOf(token, names)];
}

function nameOf(token: string, { ExpressionAttributeNames = {} }: Names): string {
  return token.startsWith("#") ? (ExpressionAttributeNames[token] ?? "") : token;
}

/** The item as an update leaves it. */
export function updated(expression: string, item: Item, names: Names): Item {
  const after = { ...item };
  for (const change of update(expression)) change(after, item, names);
  return after;
}

const update = once((expression): Change[] => {
  const reader = new Reader(expression);
  const changes: Change[] = [];
  while (reader.next !== undefined) {
    const clause = reader.take();
    do changes.push(changeOf(clause, reader));
    while (reader.takes(","));
  }
  return changes;
});

function changeOf(clause: string, reader: Reader): Change {
  const token = reader.take();
  if (clause === "REMOVE")
    return (after, _, names) => {
      delete after[nameOf(token, names)];
    };
  if (clause === "ADD") {
    const by = operand(reader.take());
    return (after, before, names) => {
      const name = nameOf(token, names);
      after[name] = Number(before[name] ?? 0) + Number(by(before, names));
    };
  }
  if (clause !== "SET") throw new Error(`no clause ${clause}`);
  reader.take("=");
  const value = assigned(reader);
  return (after, before, names) => {
    after[nameOf(token, names)] = value(before, names);
  };
}

function assigned(reader: Reader): Value {
  const first = reader.take();
  if (first !== "if_not_exists" && first !== "list_append") return operand(first);
  reader.take("(");
  const left = assigned(reader);
  reader.take(",");
  const right = assigned(reader);
  reader.take(")");
  if (first === "if_not_exists") return (item, names) => left(item, names) ?? right(item, names);
  return (item, names) => [...(left(item, names) as unknown[]), ...(right(item, names) as unknown[])];
}
