/** Judges calls by IAM policies, compiled once. What it can't judge as AWS does, it refuses by name at the start. */
import { z } from "zod";

/** One thing that somebody wants to do. A condition key that the request lacks is absent from `context`. */
export type Call = {
  action: string;
  resource: string;
  context: Readonly<Record<string, readonly string[]>>;
};
export type Verdict = "allowed" | "denied" | "unmentioned";
export type Judge = (call: Call) => Verdict;

const Texts = z
  .union([z.string(), z.boolean(), z.array(z.string())])
  .transform((value) => [value].flat().map(String));
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: Texts,
  Resource: Texts,
  Condition: z.record(z.string(), z.record(z.string(), Texts)).default({}),
});
const Document = z.object({
  Version: z.literal("2012-10-17", "policies of another version than 2012-10-17 aren't judged"),
  Statement: z.union([Statement.transform((one) => [one]), z.array(Statement)]),
});
type Statement = z.infer<typeof Statement>;
type Compiled = { deny: boolean; action: RegExp; resource: RegExp; conditions: Condition[] };
type Condition = (context: Call["context"]) => boolean;
type Matches = (patterns: readonly string[]) => (value: string) => boolean;

const operators: Record<string, Matches> = {
  StringEquals: (patterns) => (value) => patterns.includes(value),
  StringLike: (patterns) => {
    const pattern = wildcards(patterns);
    return (value) => pattern.test(value);
  },
};

/** The condition keys that the run fills in, by what `<service>-calls.ts` reads from a request. */
const KEYS = new Set([
  "dynamodb:EnclosingOperation",
  "dynamodb:LeadingKeys",
  "events:detail-type",
  "events:source",
  "ses:FromAddress",
  "ses:Recipients",
]);

/** Compiles the policy documents of one role. A Deny beats every Allow. */
export function compilePolicies(documents: readonly { name: string; document: unknown }[]): Judge {
  const statements = documents.flatMap(({ name, document }) => {
    const parsed = Document.safeParse(document);
    if (!parsed.success)
      throw new Error(`The local run can't judge the policy ${name}:\n${z.prettifyError(parsed.error)}`);
    return parsed.data.Statement.map((statement) => compile(name, statement));
  });
  const byAction = new Map<string, Compiled[]>();
  const about = (action: string) => {
    const found = byAction.get(action) ?? statements.filter((statement) => statement.action.test(action));
    byAction.set(action, found);
    return found;
  };
  return ({ action, resource, context }) => {
    let verdict: Verdict = "unmentioned";
    for (const { deny, resource: pattern, conditions } of about(action)) {
      if (!pattern.test(resource) || !conditions.every((holds) => holds(context))) continue;
      if (deny) return "denied";
      verdict = "allowed";
    }
    return verdict;
  };
}

function compile(policy: string, { Effect, Action, Resource, Condition }: Statement): Compiled {
  const variable = [
    ...Resource,
    ...Object.values(Condition).flatMap((keys) => Object.values(keys).flat()),
  ].find((text) => text.includes("${"));
  if (variable) throw new Error(`The local run doesn't know the policy variable in ${variable} (${policy}).`);
  return {
    deny: Effect === "Deny",
    action: wildcards(Action, "i"),
    resource: wildcards(Resource),
    conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => condition(policy, operator, key, values)),
    ),
  };
}

function condition(policy: string, operator: string, key: string, wanted: readonly string[]): Condition {
  if (!KEYS.has(key)) throw new Error(`The local run doesn't know the condition key ${key} (${policy}).`);
  if (operator === "Null") return (context) => wanted.includes(String(context[key] === undefined));
  const [, set, name = ""] = /^(?:(ForAllValues|ForAnyValue):)?(\w+)$/.exec(operator) ?? [];
  const matches = operators[name]?.(wanted);
  if (!matches) throw new Error(`The local run doesn't know the condition operator ${operator} (${policy}).`);
  // All of no values pass, as AWS says; a key that isn't there passes no other condition.
  if (set === "ForAllValues") return (context) => (context[key] ?? []).every(matches);
  if (set === "ForAnyValue") return (context) => (context[key] ?? []).some(matches);
  return (context) => context[key]?.every(matches) ?? false;
}

/** `*` stands for any characters, `?` for one. */
function wildcards(patterns: readonly string[], flags = ""): RegExp {
  const sources = patterns.map((pattern) =>
    pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]"),
  );
  return new RegExp(`^(?:${sources.join("|")})$`, flags);
}
