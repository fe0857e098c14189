import { Worker } from "./workers.ts";
import { plants } from "./plants.ts";
const w = new Worker();
for (const { name, breaks } of plants) {
  if (process.argv[2] && process.argv[2] !== "all" && !name.includes(process.argv[2])) continue;
  const t = performance.now();
  const hunted = await w.hunt(name, Number(process.argv[3] ?? 1000)).catch((e) => String(e));
  console.log(name, "|", breaks, "|", JSON.stringify(hunted), Math.round(performance.now() - t));
}
w.end();
