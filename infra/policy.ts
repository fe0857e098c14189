import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Need, Operations } from "../shared/operation.ts";

/**
 * The least policy for some operations: each action, on the table or one of its indexes, for the partitions that
 * they name. `ForAllValues` passes where a request has no leading key, hence the `Null` beside it.
 */
export function policyFor(operations: Operations, tableArn: string): PolicyStatement[] {
  const needs = Object.values(operations).flatMap((operation) => operation.needs);
  return mergeNeeds(needs).map(
    ({ actions, partitions, index }) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions,
        resources: [index ? `${tableArn}/index/${index}` : tableArn],
        conditions: {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": partitions.map((kind) => `${kind}#*`) },
          Null: { "dynamodb:LeadingKeys": "false" },
        },
      }),
  );
}

/** One need for all actions that go to the same partitions of the same index. */
export function mergeNeeds(needs: readonly Need[]) {
  const partitionsOf = new Map<string, Set<string>>();
  for (const { actions, partitions, index = "" } of needs) {
    for (const action of actions) {
      const target = `${index} ${action}`;
      partitionsOf.set(target, new Set([...(partitionsOf.get(target) ?? []), ...partitions]));
    }
  }
  const merged = new Map<string, { actions: string[]; partitions: string[]; index: string }>();
  for (const [target, found] of [...partitionsOf].sort()) {
    const [index = "", action = ""] = target.split(" ");
    const partitions = [...found].sort();
    const group = `${index} ${partitions}`;
    const statement = merged.get(group) ?? { actions: [], partitions, index };
    statement.actions.push(action);
    merged.set(group, statement);
  }
  return [...merged.values()];
}
