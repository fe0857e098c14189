/** A local run until its input ends: `node stack.ts <assembly> <state folder>`. It prints its address. */
import { startLocal } from "../../infra/local/run.ts";

const [assembly = "", stateDir = ""] = process.argv.slice(2);
// As many processes as functions and more: tests go round all of them, and one that was ended starts anew each time.
const maxProcesses = 128;
const engineEndpoint = process.env.DYNAMODB_ENDPOINT;
const local = await startLocal({ assembly, stateDir, engineEndpoint, maxProcesses });
console.log(local.url);
process.stdin.resume().once("end", () => local.stop().then(() => process.exit(0)));
