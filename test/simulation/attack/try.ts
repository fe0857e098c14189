import { installHooks } from "./hooks.ts";
installHooks();
const { EventBridgeClient } = await import("@aws-sdk/client-eventbridge");
const { current } = await import("./time.ts");
(EventBridgeClient.prototype as any).send = (command: any) => current.putEvents(command);
Error.stackTraceLimit = process.env.STACK ? 20 : 0;
const { play } = await import("./play.ts");
const { randomSchedule } = await import("./random.ts");
const { log } = console;
if (!process.env.LOGS) console.log = () => {};
await import("../../../shared/email/ses.ts");
Math.random = () => current.timeline.chance(1 << 24) / (1 << 24);
const [first, count] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 1)];
const by = new Map<string, number[]>();
const t0 = process.cpuUsage().user;
let ios = 0;
for (let seed = first; seed < first + count; seed++) {
  const { violations, trace, simulation } = await play(randomSchedule(seed), count === 1);
  ios += simulation.invocations.ios.length; if (simulation.invocations.ios.length > 3000) log("heavy", seed, simulation.invocations.ios.length);
  if (count === 1) { log(JSON.stringify(randomSchedule(seed), null, 1)); log(trace.join("\n")); log(violations); }
  for (const v of violations.slice(0,1)) by.set(v.invariant, [...(by.get(v.invariant) ?? []), seed]);
}
log([...by].map(([k, v]) => `${k}: ${v.length}: ${v.slice(0, 8)}`).join("\n"));
log((process.cpuUsage().user - t0) / 1e3 / count, "ms each", ios / count, "ios");
