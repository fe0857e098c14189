/** A local run until its input ends: `node stack.ts <assembly> <state folder>`. It prints its address. */
import { startLocal } from "../../infra/local/run.ts";

const [assembly = "", stateDir = ""] = process.argv.slice(2);
const local = await startLocal({ assembly, stateDir, engineEndpoint: process.env.DYNAMODB_ENDPOINT });
console.log(local.url);
process.stdin.resume().once("end", () => local.stop().then(() => process.exit(0)));
