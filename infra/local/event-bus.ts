/** EventBridge: buses take events, rules match them or tick on a schedule, targets are invoked. */
import { randomUUID } from "node:crypto";
import type { Service } from "./aws.ts";
import type { Clock } from "./clock.ts";
import { readEntries } from "./put-events.ts";
import { type Rule, readRules } from "./rules.ts";
import type { Stack } from "./template.ts";

export type BusEvent = {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
};
/** An event, and the rules that it matched. */
export type Seen = { bus: string; rules: string[]; event: BusEvent };

export type BusHost = {
  clock: Clock;
  invokeAsync(functionName: string, event: unknown): void;
  /** The last events, the newest last, whatever template was running. */
  seen: Seen[];
};

/** What an event says, before the bus gives it an id and a time. */
export type Said = Pick<BusEvent, "source" | "detail-type" | "detail" | "resources">;
export type EventBus = {
  service: Service;
  /** Puts an event on a bus, as a service of AWS does. */
  put(bus: string, said: Said): void;
  start(): void;
  stop(): void;
};

const KEPT = 100;

export function eventBus(stack: Stack, { clock, invokeAsync, seen }: BusHost): EventBus {
  const rules = readRules(stack);
  const buses = new Set(["default", ...stack.ofType("AWS::Events::EventBus").map(({ name }) => name)]);
  const ticking = new Map<Rule, () => void>();

  function eventOf(said: Said, time: number): BusEvent {
    const seconds = `${new Date(time).toISOString().slice(0, 19)}Z`;
    const { account, region } = stack;
    return { version: "0", id: randomUUID(), account, region, time: seconds, ...said };
  }

  function deliver(event: BusEvent, bus: string, matching: Rule[]): void {
    seen.push({ bus, rules: matching.map(({ name }) => name), event });
    seen.splice(0, seen.length - KEPT);
    for (const { targets } of matching)
      for (const { functionName, input } of targets) invokeAsync(functionName, input ?? event);
  }

  function put(bus: string, event: BusEvent): void {
    deliver(
      event,
      bus,
      rules.filter((rule) => rule.bus === bus && rule.matches?.(event)),
    );
  }

  /** However far the clock is moved ahead, what came due fires once. */
  function expectTick(rule: Rule): void {
    const due = rule.next?.(clock.now());
    if (due === undefined) return;
    const fire = () => {
      const scheduled = {
        source: "aws.events",
        "detail-type": "Scheduled Event",
        resources: [rule.arn],
        detail: {},
      };
      deliver(eventOf(scheduled, clock.now()), rule.bus, [rule]);
      expectTick(rule);
    };
    ticking.set(rule, clock.after(due - clock.now(), fire));
  }

  return {
    service: {
      PutEvents(input, authorize) {
        const entries = readEntries(input, stack, buses);
        authorize(...entries.map(({ call }) => call));
        const results = entries.map(({ bus, entry, error }) => {
          if (error) return error;
          const { Source: source, DetailType, Detail, Resources: resources = [], Time } = entry;
          const time = Time === undefined ? clock.now() : Time * 1000;
          const event = eventOf(
            { source, "detail-type": DetailType, detail: JSON.parse(Detail), resources },
            time,
          );
          put(bus, event);
          return { EventId: event.id };
        });
        return {
          FailedEntryCount: results.filter((result) => "ErrorCode" in result).length,
          Entries: results,
        };
      },
    },
    put: (bus, said) => put(bus, eventOf(said, clock.now())),
    start: () => rules.forEach(expectTick),
    stop() {
      for (const forget of ticking.values()) forget();
      ticking.clear();
    },
  };
}
