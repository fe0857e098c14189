/** Evaluates CloudFormation's intrinsic functions. One that isn't in this file stops the start by its name. */

export type Scope = {
  /** What `Ref` answers: a parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  /** What `Fn::GetAtt` answers. */
  attribute(logicalId: string, name: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, key: string, name: string): unknown;
};

type Evaluate = (argument: unknown, scope: Scope) => unknown;

const list = (value: unknown, scope: Scope) => resolve(value, scope) as unknown[];
const text = (value: unknown, scope: Scope) => String(resolve(value, scope));

/** `AWS::NoValue`: the property that it stands for is dropped. */
export const NO_VALUE = Symbol("AWS::NoValue");

const intrinsics: Record<string, Evaluate> = {
  Ref: (name, scope) => scope.ref(String(name)),
  "Fn::GetAtt": (path, scope) => {
    const [id = "", ...attribute] = typeof path === "string" ? path.split(".") : (path as string[]);
    return scope.attribute(id, attribute.join("."));
  },
  "Fn::Join": (argument, scope) => {
    const [separator, parts] = argument as [string, unknown];
    return list(parts, scope).join(separator);
  },
  "Fn::Sub": (argument, scope) => {
    const [format, own] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, object];
    const variables = new Map(Object.entries(own));
    return format.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (variables.has(name)) return text(variables.get(name), scope);
      return text(name.includes(".") ? { "Fn::GetAtt": name } : { Ref: name }, scope);
    });
  },
  "Fn::Select": (argument, scope) => {
    const [index, values] = argument as [unknown, unknown];
    return list(values, scope)[Number(resolve(index, scope))];
  },
  "Fn::Split": (argument, scope) => {
    const [separator, value] = argument as [string, unknown];
    return text(value, scope).split(separator);
  },
  "Fn::FindInMap": (argument, scope) => {
    const [map, key, name] = list(argument, scope).map(String) as [string, string, string];
    return scope.mapping(map, key, name);
  },
  "Fn::If": (argument, scope) => {
    const [condition, yes, no] = argument as [string, unknown, unknown];
    return resolve(scope.condition(condition) ? yes : no, scope);
  },
  "Fn::Equals": (argument, scope) => {
    const [left, right] = list(argument, scope).map((side) => JSON.stringify(side));
    return left === right;
  },
  "Fn::And": (argument, scope) => list(argument, scope).every(Boolean),
  "Fn::Or": (argument, scope) => list(argument, scope).some(Boolean),
  "Fn::Not": (argument, scope) => !list(argument, scope)[0],
  Condition: (name, scope) => scope.condition(String(name)),
};

/** `value` with every intrinsic function in it replaced by what it stands for. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === "string" && value.includes("{{resolve:"))
    throw new Error(`The local run doesn't know the dynamic reference ${value}.`);
  if (Array.isArray(value))
    return value.map((item) => resolve(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only && entries.length === 1 && isIntrinsic(only)) {
    const evaluate = intrinsics[only[0]];
    if (!evaluate) throw new Error(`The local run doesn't know the intrinsic function ${only[0]}.`);
    return evaluate(only[1], scope);
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key, resolve(item, scope)]).filter(([, item]) => item !== NO_VALUE),
  );
}

/** `Condition` is also a member of policy statements, where it holds an object. */
function isIntrinsic([key, value]: [string, unknown]): boolean {
  return key === "Ref" || key.startsWith("Fn::") || (key === "Condition" && typeof value === "string");
}
