import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./bundle.ts";
import { inputsOf, isUnchanged, remember } from "./unchanged.ts";

export interface SynthesiseOptions {
  /** A stage of cdk.json; by default the one that is set there. */
  readonly stage?: string;
  /** Where the assembly goes; by default apart from cdk.out, which the CDK's command writes, perhaps at the same time. */
  readonly output?: string;
  /** Is told what is being done, a line at a time. */
  readonly onProgress?: (line: string) => void;
  /** Ends it early; it then fails. */
  readonly signal?: AbortSignal;
}

/** Bundles and synthesises as `cdk synth` does, without its CLI, what has changed. Answers the assembly's folder. */
export async function synthesise(options: SynthesiseOptions = {}): Promise<{ assembly: string }> {
  const { stage, output = join(root, ".build/assembly"), onProgress = () => {}, signal } = options;
  const { context } = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8"));
  const inputs = inputsOf(root, stage ?? context.stage);
  if (isUnchanged(root, output, inputs)) {
    onProgress("the stack is unchanged");
    return { assembly: output };
  }
  const env = {
    ...process.env,
    CDK_OUTDIR: output,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...(stage && { stage }) }),
  };
  const said: Buffer[] = [];
  const app = spawn(process.execPath, [join(root, "infra/app.ts")], {
    cwd: root,
    env,
    stdio: "pipe",
    signal,
  });
  app.on("error", (error) => said.push(Buffer.from(error.message)));
  for (const stream of [app.stdout, app.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  createInterface(app.stdout).on("line", onProgress);
  const code = await new Promise((resolve) => app.on("close", resolve));
  if (code !== 0) throw new Error(`The stack could not be synthesised.\n${Buffer.concat(said)}`);
  remember(root, output, inputs);
  return { assembly: output };
}
