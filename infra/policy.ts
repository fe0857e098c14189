import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Need, Operations, ResourceName, SettingName } from "../shared/operation.ts";

/** Where operations go besides the table: what a statement on it names, and how a function finds it. */
export type Destinations = Readonly<Record<ResourceName, Destination>>;

export interface Destination {
  /** None where the deployment has no such thing. */
  readonly arns: string[];
  readonly conditions?: Record<string, Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The least policy for some operations: each action, on the table or one of its indexes, for the partitions that
 * they name, and on the other resources that they name. `ForAllValues` passes where a request has no leading key,
 * hence the `Null` beside it.
 */
export function policyFor(
  operations: Operations,
  tableArn: string,
  destinations: Destinations,
): PolicyStatement[] {
  const needs = needsOf(operations);
  const onTable = mergeNeeds(needs).map(
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
  const configured = resourcesOf(operations).filter((resource) => destinations[resource].arns.length > 0);
  const onOthers = configured.map((resource) => {
    const actions = needs.flatMap((need) =>
      "resource" in need && need.resource === resource ? need.actions : [],
    );
    const { arns: resources, conditions } = destinations[resource];
    return new PolicyStatement({
      actions: [...new Set(actions)].sort(),
      resources,
      ...(conditions && { conditions }),
    });
  });
  return [...onTable, ...onOthers];
}

/** The resources besides the table that some operations need. */
export function resourcesOf(operations: Operations): ResourceName[] {
  const resources = needsOf(operations).flatMap((need) => ("resource" in need ? [need.resource] : []));
  return [...new Set(resources)].sort();
}

/** The settings of the deployment that some operations need. */
export function settingsOf(operations: Operations): SettingName[] {
  const settings = needsOf(operations).flatMap((need) => ("setting" in need ? [need.setting] : []));
  return [...new Set(settings)].sort();
}

export const usesTable = (operations: Operations): boolean =>
  needsOf(operations).some((need) => "partitions" in need);

const needsOf = (operations: Operations): Need[] =>
  Object.values(operations).flatMap((operation) => operation.needs);

/** One need for all actions that go to the same partitions of the same index. */
export function mergeNeeds(needs: readonly Need[]) {
  const partitionsOf = new Map<string, Set<string>>();
  for (const need of needs) {
    if (!("partitions" in need)) continue;
    const { actions, partitions, index = "" } = need;
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
