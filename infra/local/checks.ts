/** What a start makes sure of before it ends the run that is there: a start that is refused leaves that one alone. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { close, listen } from "./http.ts";

const NODE = 24;
const ENGINE_MS = 5_000;

export class Refusal extends Error {}

export function checkNode(): void {
  if (Number(process.versions.node.split(".")[0]) === NODE) return;
  throw new Refusal(
    `This runs on Node.js ${NODE}, Lambda's version, which comes with the dependencies; this is ${process.version}.\n` +
      "Run npm install, then npm start (which uses it). If that doesn't help: npm rebuild node",
  );
}

export function checkAssembly(folder: string): void {
  if (!existsSync(join(folder, "manifest.json")))
    throw new Refusal(`--assembly wants the folder that cdk synth wrote; ${folder} has no manifest.json.`);
}

/** Whatever answers there, if only that it wants a signature. */
export async function checkEngine(endpoint: string): Promise<void> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(ENGINE_MS) });
  } catch {
    throw new Refusal(`Nothing answers at DYNAMODB_ENDPOINT=${endpoint}. Start it, or unset that.`);
  }
}

/** The port must be free, or `ending`, that of the run which is ended for this one. */
export async function checkPort(port: number, ending: number | undefined): Promise<void> {
  const probe = createServer();
  try {
    await listen(probe, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE" && port === ending) return;
    throw explainPort(error as NodeJS.ErrnoException, port);
  }
  await close(probe);
}

function explainPort(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Refusal(
      `Port ${port} is taken by another program. Choose another: npm start -- --port ${port + 1}`,
    );
  if (error.code === "EACCES")
    return new Refusal(`This user may not listen on port ${port}. Choose another: --port`);
  return error;
}
