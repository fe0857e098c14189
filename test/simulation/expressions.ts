/** Evaluates the expressions that `shared/table` compiles: conditions, filters and updates. */
export type Item = Record<string, unknown>;

export interface Names {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

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

export function holds(expression: string | undefined, item: Item | undefined, names: Names): boolean {
  if (!expression) return true;
  const reader = new Reader(expression);
  const result = disjunction(reader, item ?? {}, names);
  if (reader.next !== undefined) throw new Error(`unexpected ${reader.next} in ${expression}`);
  return result;
}

function disjunction(reader: Reader, item: Item, names: Names): boolean {
  let result = conjunction(reader, item, names);
  while (reader.takes("OR")) result = conjunction(reader, item, names) || result;
  return result;
}

function conjunction(reader: Reader, item: Item, names: Names): boolean {
  let result = term(reader, item, names);
  while (reader.takes("AND")) result = term(reader, item, names) && result;
  return result;
}

function term(reader: Reader, item: Item, names: Names): boolean {
  if (reader.takes("(")) {
    const result = disjunction(reader, item, names);
    reader.take(")");
    return result;
  }
  const first = reader.take();
  if (["attribute_exists", "attribute_not_exists", "begins_with"].includes(first)) {
    reader.take("(");
    const value = operand(reader.take(), item, names);
    if (first === "begins_with") {
      reader.take(",");
      const prefix = operand(reader.take(), item, names);
      reader.take(")");
      return String(value).startsWith(String(prefix));
    }
    reader.take(")");
    return (value !== undefined) === (first === "attribute_exists");
  }
  const left = operand(first, item, names);
  const operator = reader.take();
  if (operator === "IN") {
    reader.take("(");
    const options = [operand(reader.take(), item, names)];
    while (reader.takes(",")) options.push(operand(reader.take(), item, names));
    reader.take(")");
    return options.includes(left);
  }
  return compare(operator, left, operand(reader.take(), item, names));
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

function operand(token: string, item: Item, names: Names): unknown {
  if (token.startsWith(":")) return names.ExpressionAttributeValues?.[token];
  return item[nameOf(token, names)];
}

function nameOf(token: string, { ExpressionAttributeNames = {} }: Names): string {
  return token.startsWith("#") ? (ExpressionAttributeNames[token] ?? "") : token;
}

/** The item as an update leaves it. */
export function updated(expression: string, item: Item, names: Names): Item {
  const reader = new Reader(expression);
  const after = { ...item };
  while (reader.next !== undefined) {
    const clause = reader.take();
    do {
      const name = nameOf(reader.take(), names);
      if (clause === "REMOVE") delete after[name];
      else if (clause === "ADD")
        after[name] = Number(item[name] ?? 0) + Number(operand(reader.take(), item, names));
      else if (clause === "SET") {
        reader.take("=");
        after[name] = assigned(reader, item, names);
      } else throw new Error(`no clause ${clause}`);
    } while (reader.takes(","));
  }
  return after;
}

function assigned(reader: Reader, item: Item, names: Names): unknown {
  const first = reader.take();
  if (first !== "if_not_exists" && first !== "list_append") return operand(first, item, names);
  reader.take("(");
  const left = assigned(reader, item, names);
  reader.take(",");
  const right = assigned(reader, item, names);
  reader.take(")");
  return first === "if_not_exists" ? (left ?? right) : [...(left as unknown[]), ...(right as unknown[])];
}
