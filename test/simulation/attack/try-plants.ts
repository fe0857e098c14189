import { installHooks } from "./hooks.ts";
installHooks();
const { prepare } = await import("./process.ts");
const log = await prepare();
const { plants } = await import("./plants.ts");
const { randomSchedule } = await import("./random.ts");
const most = Number(process.argv[3] ?? 400);
for (const plant of plants) {
  if (process.argv[2] && process.argv[2] !== "all" && !plant.name.includes(process.argv[2])) continue;
  const t0 = performance.now();
  try {
    const { play } = await import(`./play.ts?planted=${encodeURIComponent(plant.name)}`);
    let found = 0, n = 0; const others = new Map<string, number>();
    for (n = 1; n <= most && !found; n++) {
      const { violations } = await play(randomSchedule(n));
      for (const v of violations) others.set(v.invariant, (others.get(v.invariant) ?? 0) + 1);
      if (violations.some((v: any) => v.invariant === plant.breaks)) found = n;
    }
    log(found ? "ok  " : "MISS", plant.name, "|", plant.breaks, "|", found, [...others].join(" "), Math.round(performance.now() - t0));
  } catch (e) { log("ERR ", plant.name, (e as Error).message); }
}
