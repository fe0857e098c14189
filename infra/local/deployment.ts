/** One template as it runs: read as a whole before anything of it starts, and replaced as a whole when it changes. */
import { readAssembly } from "./assembly.ts";
import type { Cloud } from "./aws.ts";
import { dynamodbCalls } from "./dynamodb-calls.ts";
import { type Endpoints, functionConfig } from "./environment.ts";
import { type Gateway, gateway } from "./gateway.ts";
import { httpApi } from "./http-api.ts";
import { type LambdaFunction, lambdaFunction, type Pool } from "./lambda.ts";
import { readCallers } from "./roles.ts";
import { createTables } from "./tables.ts";
import { readStack } from "./template.ts";
import type { Run } from "./worker.ts";

/** What outlives a template. */
export type Host = {
  run: Run;
  pool: Pool;
  endpoints: Endpoints;
  engineUrl(): Promise<string>;
  /** The functions of all templates so far that still run, by name. */
  functions: Map<string, LambdaFunction>;
} & Pick<Gateway, "invoke" | "now" | "served">;

export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** Reads a template and makes its tables; throws, with everything as it was, where it can't be run. */
export async function deploy(assembly: string, host: Host) {
  const { run, pool, endpoints, functions, invoke, now, served } = host;
  const stack = readStack(readAssembly(assembly));
  const api = httpApi(stack);
  const configs = stack
    .ofType("AWS::Lambda::Function")
    .map((resource) => functionConfig(stack, resource, endpoints));
  const cloud: Cloud = {
    callers: readCallers(stack),
    dynamodb: dynamodbCalls(stack),
    services: {},
    written() {},
  };
  const tables = await createTables(stack, await host.engineUrl());
  return {
    stack,
    api,
    tables,
    cloud,
    serve: api && gateway({ stack, api, invoke, now, served }),
    /** Makes the functions those of this template; what they are in the middle of, they finish. */
    async start() {
      const names = new Set(configs.map(({ name }) => name));
      for (const config of configs) {
        const running = functions.get(config.name);
        if (running) running.update(config);
        else functions.set(config.name, lambdaFunction(config, run, pool));
      }
      for (const [name, fn] of functions) {
        if (names.has(name)) continue;
        functions.delete(name);
        await fn.stop();
      }
    },
  };
}
