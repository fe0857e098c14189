/** A process that plays schedules for another one: a task a line on its standard input, an answer a line on its output. */
import { createInterface } from "node:readline";
import { installHooks } from "./hooks.ts";
import type { Task } from "./workers.ts";

installHooks();
const { prepare } = await import("./process.ts");
prepare();
const { plants } = await import("./plants.ts");
await simulation();
await (await import("./begin.ts")).makeWorlds();

/** The simulation, with a bug planted or without. */
async function simulation(planted?: string) {
  const query = planted ? `?planted=${encodeURIComponent(planted)}` : "";
  const [{ explore, hunt, scheduleAt }, { story }, { play }, { figures }] = await Promise.all([
    import(`./explore.ts${query}`) as Promise<typeof import("./explore.ts")>,
    import(`./story.ts${query}`) as Promise<typeof import("./story.ts")>,
    import(`./play.ts${query}`) as Promise<typeof import("./play.ts")>,
    import(`./figures.ts${query}`) as Promise<typeof import("./figures.ts")>,
  ]);
  return { explore, hunt, scheduleAt, story, play, figures };
}

async function work(task: Task): Promise<unknown> {
  const { explore, hunt, scheduleAt, story, play, figures } = await simulation(task.planted);
  if (task.do === "explore") return explore(task.first, task.count, task.seed);
  if (task.do === "figures") return figures();
  if (task.do === "hunt") {
    const plant = plants.find(({ name }) => name === task.planted);
    return (await hunt(plant?.breaks ?? "", plant?.among, task.most)) ?? null;
  }
  const schedule = await scheduleAt(task.address);
  if (!schedule) throw new Error(`There is no schedule ${task.address}.`);
  if (task.do === "tell") return story(task.address, schedule);
  const { trace, violations } = await play(schedule, task.do === "trace");
  return task.do === "trace" ? trace : violations.map(({ invariant }) => invariant);
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await work(JSON.parse(line)).then(
    (value) => ({ value }),
    ({ message, stack }: Error) => ({ error: `${message}\n${stack}` }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
