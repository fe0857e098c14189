/** Reads the template's EventBridge rules: what they match or when they tick, and the functions that they invoke. */
import { z } from "zod";
import { compilePattern } from "./pattern.ts";
import { readSchedule } from "./schedule.ts";
import type { Resource, Stack } from "./template.ts";

const Properties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  EventBusName: z.string().default("default"),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        /** Sent as it is, in place of the event. */
        Input: z.string().optional(),
        // For what EventBridge can't deliver; in a run it always can.
        RetryPolicy: z.unknown().optional(),
        DeadLetterConfig: z.unknown().optional(),
      }),
    )
    .default([]),
});
const Permission = z.object({
  Principal: z.string(),
  FunctionName: z.string(),
});

export type Rule = {
  name: string;
  arn: string;
  bus: string;
  matches: ((event: Record<string, unknown>) => boolean) | undefined;
  /** The first tick after a time. */
  next: ((after: number) => number | undefined) | undefined;
  targets: { functionName: string; input: unknown }[];
};

export function readRules(stack: Stack): Rule[] {
  return stack.ofType("AWS::Events::Rule").flatMap((resource) => {
    const parsed = Properties.safeParse(resource.properties);
    if (!parsed.success)
      throw new Error(`The rule ${resource.id} can't be run locally:\n${z.prettifyError(parsed.error)}`);
    const { EventBusName, EventPattern, ScheduleExpression, State, Targets } = parsed.data;
    const bus = EventBusName.split("event-bus/").at(-1) ?? "";
    const path = bus === "default" ? resource.name : `${bus}/${resource.name}`;
    const arn = `arn:aws:events:${stack.region}:${stack.account}:rule/${path}`;
    const rule: Rule = {
      name: resource.name,
      arn,
      bus,
      matches: EventPattern && compilePattern(EventPattern),
      next: ScheduleExpression === undefined ? undefined : readSchedule(ScheduleExpression),
      targets: Targets.map(({ Arn, Input }) => ({
        functionName: targetOf(stack, resource, Arn),
        input: Input === undefined ? undefined : JSON.parse(Input),
      })),
    };
    return State === "ENABLED" ? [rule] : [];
  });
}

/** The function that a rule invokes, which must permit that: EventBridge drops the event where it doesn't. */
function targetOf(stack: Stack, rule: Resource, arn: string): string {
  const target = stack.find("AWS::Lambda::Function", arn);
  if (target?.type !== "AWS::Lambda::Function")
    throw new Error(`The local run knows no target of the rule ${rule.id} but a function: ${arn}.`);
  const isPermitted = stack.ofType("AWS::Lambda::Permission").some(({ properties }) => {
    const { Principal, FunctionName } = Permission.parse(properties);
    return (
      Principal === "events.amazonaws.com" && stack.find("AWS::Lambda::Function", FunctionName) === target
    );
  });
  if (!isPermitted)
    throw new Error(
      `The function ${target.id} doesn't permit the rule ${rule.id} to invoke it: no AWS::Lambda::Permission.`,
    );
  return target.name;
}
