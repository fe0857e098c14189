import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Operation } from "../operation.ts";

/** The methods of the routes that a path is of, by the list that the build wrote beside the bundle of all the rest. */
export const methodsAt = {
  name: "methodsAt",
  needs: [],
  async run(_: unknown, path: string): Promise<string[]> {
    routes ??= readRoutes();
    const split = routes.map((route) => route.split(" ") as [method: string, path: string]);
    return split.flatMap(([method, template]) => (isOf(template, path) ? [method] : [])).sort();
  },
} satisfies Operation;

let routes: readonly string[] | undefined;

/** At once: to read so little by Node.js' threads would take longer, as they would have to be started first. */
function readRoutes(): readonly string[] {
  return JSON.parse(readFileSync(join(process.env.LAMBDA_TASK_ROOT ?? "", "routes.json"), "utf8"));
}

function isOf(template: string, path: string): boolean {
  const [wanted, found] = [template.split("/"), path.split("/")];
  const fits = (part: string, n: number) => (part.startsWith("{") ? found[n] !== "" : found[n] === part);
  return wanted.length === found.length && wanted.every(fits);
}
