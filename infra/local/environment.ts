/** The environment of a function's process: what Lambda sets and what the template says, nothing of this machine's. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Resource, Stack } from "./template.ts";

const Properties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, "the local run runs Node.js functions only"),
  Handler: z.string(),
  MemorySize: z.coerce.number().default(128),
  Timeout: z.coerce.number().default(3),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z
    .object({ Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}) })
    .default({ Variables: {} }),
});

export type FunctionConfig = {
  id: string;
  name: string;
  arn: string;
  /** What it is bundled from, where the template says so: its path under functions/, without the ending. */
  source: string | undefined;
  /** The folder of its bundle. */
  taskRoot: string;
  timeoutMs: number;
  memoryMb: number;
  concurrency: number;
  env: Record<string, string>;
};

/** How a function reaches the run. */
export type Endpoints = { runtimeApi: string; aws: string; app: string; stripe: string };

/** The origin of the app in the template of the local stage, whatever the port: its links lead into the run. */
export const APP = "https://app.tenantry.local";

const CONCURRENCY = 8;

export function functionConfig(stack: Stack, resource: Resource, endpoints: Endpoints): FunctionConfig {
  const { id, name } = resource;
  const parsed = Properties.safeParse(resource.properties);
  if (!parsed.success)
    throw new Error(`The function ${id} can't be run locally:\n${z.prettifyError(parsed.error)}`);
  const { Code, Runtime, Handler, MemorySize, Timeout, Environment, ...rest } = parsed.data;
  const taskRoot = stack.assetPath(Code.S3Key);
  const source = resource.metadata["tenantry:source"];
  const variables = Object.entries(Environment.Variables).map(([key, value]) => [
    key,
    String(value).replaceAll(APP, endpoints.app),
  ]);
  return {
    id,
    name,
    arn: `arn:aws:lambda:${stack.region}:${stack.account}:function:${name}`,
    source: typeof source === "string" ? source : undefined,
    taskRoot,
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
    concurrency: Math.min(CONCURRENCY, rest.ReservedConcurrentExecutions ?? CONCURRENCY),
    env: {
      ...Object.fromEntries(variables),
      _HANDLER: Handler,
      AWS_ACCESS_KEY_ID: accessKey(name),
      AWS_DEFAULT_REGION: stack.region,
      // Every AWS service is found in the run; SDKs read the service's own variable first.
      AWS_ENDPOINT_URL: endpoints.aws,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.aws,
      AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: "local",
      AWS_LAMBDA_RUNTIME_API: endpoints.runtimeApi,
      AWS_REGION: stack.region,
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_SESSION_TOKEN: "local",
      LAMBDA_RUNTIME_DIR: import.meta.dirname,
      LAMBDA_TASK_ROOT: taskRoot,
      LANG: "en_US.UTF-8",
      // Only what bills looks for it.
      STRIPE_API_BASE: endpoints.stripe,
      PATH: "/usr/local/bin:/usr/bin:/bin",
      TZ: ":UTC",
      // Without it, Windows opens no sockets.
      ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
    },
  };
}

/** The same function with other code. */
export function withCode(config: FunctionConfig, taskRoot: string): FunctionConfig {
  return { ...config, taskRoot, env: { ...config.env, LAMBDA_TASK_ROOT: taskRoot } };
}

/** Every function signs with a key of its own, by which the run knows who calls. */
export function accessKey(functionName: string): string {
  return `ASIA${createHash("sha256").update(functionName).digest("hex").slice(0, 16).toUpperCase()}`;
}
