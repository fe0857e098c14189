import { installHooks } from "./hooks.ts";
installHooks();
const { prepare } = await import("./process.ts");
const log = await prepare();
const { play } = await import("./play.ts");
const { Systematic } = await import("./systematic.ts");
const sys = new Systematic(play);
const singles = await sys.singles();
log(singles.length);
const t0 = process.cpuUsage().user; const by = new Map<string, number[]>();
const every = Number(process.argv[2] ?? 1);
let n = 0;
for (let i = 0; i < singles.length; i += every) { n++; const { violations } = await play(singles[i]!); for (const v of violations.slice(0, 1)) by.set(v.invariant + ": " + v.says, [...(by.get(v.invariant + ": " + v.says) ?? []), i]); }
log((process.cpuUsage().user - t0) / 1e3 / n, "ms");
for (const [k, v] of by) log(k, v.length, JSON.stringify(singles[v[0]!]!.faults), v[0]);
const p0 = process.cpuUsage().user; by.clear(); n = 0;
for (let i = 0; i < 400; i++) { const s = await sys.pair(i * 37); if (!s) continue; n++; const { violations } = await play(s); for (const v of violations.slice(0, 1)) by.set(v.invariant + ": " + v.says, [...(by.get(v.invariant + ": " + v.says) ?? []), i * 37]); }
log(n, (process.cpuUsage().user - p0) / 1e3 / n, "ms");
for (const [k, v] of by) log(k, v.length, v.slice(0, 5));
