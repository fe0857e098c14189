import { installHooks } from "./hooks.ts";
installHooks();
const { prepare } = await import("./process.ts");
const log = await prepare();
const q = process.argv[2] ? `?planted=${encodeURIComponent(process.argv[2])}` : "";
const { play } = await import(`./play.ts${q}`); const { randomSchedule } = await import("./random.ts");
for (let n = 0; n < 200; n++) { const s = randomSchedule(n, "expiry"); if (s.acts[1]!.at > 7*86400000 + 300000 && s.acts[1]!.deed.do === "accept" && !s.faults.length) { const { trace, simulation } = await play(s, true); log(n, JSON.stringify(s.acts.map((a)=>[a.at, a.deed.do, a.times])), simulation.table.partition(`BUSINESS#${simulation.businessId}`, "INVITATION#").map((i: any) => i.state)); log(trace.filter((l: string) => / act2/.test(l)).join("\n")); break; } }
