import { installHooks } from "./hooks.ts";
installHooks();
const { prepare } = await import("./process.ts");
const log = await prepare();
const { play } = await import(`./play.ts`); const { randomSchedule } = await import("./random.ts");
const th: any = process.argv[2]; let c = 0;
for (let n = 0; n < 200 && c < 2; n++) { const s = randomSchedule(n, th); if (!s.faults.length && s.subscribed && !s.weather.length) { c++; const { trace, simulation } = await play(s, true, false); log(n, JSON.stringify(s.acts.map((a)=>[a.at, a.deed, a.times])), simulation.table.partition(`BUSINESS#${simulation.businessId}`, "INVITATION#").map((i: any) => i.state)); log(trace.filter((l: string) => /reconcile/.test(l)).join("\n").slice(0, 5000)); } }
