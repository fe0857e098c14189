/** A local run in a process of its own, for tests that kill it: `node child.ts <assembly> <state folder>`. */
import { startLocal } from "../../infra/local/run.ts";

const [, , assembly = "", stateDir = ""] = process.argv;
const local = await startLocal({ assembly, stateDir });
console.log(JSON.stringify({ url: local.url, engine: local.enginePid() }));
