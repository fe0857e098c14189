/** One template as it runs: read as a whole before anything of it starts, and replaced as a whole when it changes. */
import { isDeepStrictEqual } from "node:util";
import { readAssembly } from "./assembly.ts";
import { asyncInvoker } from "./async-invoke.ts";
import type { Cloud } from "./aws.ts";
import { dynamodbCalls } from "./dynamodb-calls.ts";
import { type Endpoints, type FunctionConfig, functionConfig, withCode } from "./environment.ts";
import { eventBus, type Seen } from "./event-bus.ts";
import { readMappings } from "./event-source.ts";
import { type Poller, startPoller } from "./event-source-poller.ts";
import { type Gateway, gateway } from "./gateway.ts";
import { httpApi } from "./http-api.ts";
import { type LambdaFunction, lambdaFunction } from "./lambda.ts";
import { parameterServices } from "./parameters.ts";
import type { Pool } from "./pool.ts";
import type { Queues } from "./queues.ts";
import { readCallers } from "./roles.ts";
import type { FaultSwitch } from "./ses/faults.ts";
import type { PostOffice } from "./ses/post-office.ts";
import { sesOf } from "./ses/ses.ts";
import { secret } from "./stripe/secret.ts";
import { createTables } from "./tables.ts";
import { readStack } from "./template.ts";
import type { Run } from "./worker.ts";

/** What outlives a template. */
export type Host = Run & {
  pool: Pool;
  endpoints: Endpoints;
  engineUrl(): Promise<string>;
  /** The functions of all templates so far that still run, by name. */
  functions: Map<string, LambdaFunction>;
  /** The event source mappings that run, by id. */
  pollers: Map<string, Poller>;
  queues: Queues;
  /** The last events on any bus. */
  seen: Seen[];
  post: PostOffice;
  /** What is wrong with SES, on purpose. */
  sesFaults: FaultSwitch;
} & Pick<Gateway, "invoke" | "served">;

export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** What a person puts into Secrets Manager on AWS: Stripe's keys, by the name that the template tells functions. */
function secretsOf(configs: readonly FunctionConfig[]): Record<string, string> {
  const names = configs.flatMap(({ env: { STRIPE_SECRET } }) => STRIPE_SECRET ?? []);
  return Object.fromEntries(names.map((name) => [name, JSON.stringify(secret)]));
}

/** Reads a template and makes its tables; throws, with everything as it was, where it can't be run. */
export async function deploy(assembly: string, host: Host) {
  const { pool, endpoints, functions, pollers, invoke, served, clock, state } = host;
  const stack = readStack(readAssembly(assembly));
  const api = httpApi(stack);
  const configs = stack
    .ofType("AWS::Lambda::Function")
    .map((resource) => functionConfig(stack, resource, endpoints));
  const callers = readCallers(stack);
  const mappings = readMappings(stack, callers);
  const bus = eventBus(stack, { clock, seen: host.seen, invokeAsync: asyncInvoker(stack, host) });
  const ses = sesOf(stack, configs, {
    ...{ post: host.post, faults: host.sesFaults },
    ...{ now: clock.now, put: bus.put },
  });
  const cloud: Cloud = {
    callers,
    dynamodb: dynamodbCalls(stack),
    services: {
      events: bus.service,
      ses: ses.service,
      ...parameterServices(stack, state, secretsOf(configs)),
    },
    written() {
      for (const poller of pollers.values()) poller.poke();
    },
  };
  const tables = await createTables(stack, await host.engineUrl());
  return {
    stack,
    api,
    tables,
    cloud,
    serve: api && gateway({ stack, api, invoke, now: clock.now, served }),
    bus,
    ses,
    /** What its functions are bundled from. */
    sources: configs.flatMap(({ source }) => source ?? []),
    /** The folder that a function's code comes from at the moment. */
    folderOf(source: string): string | undefined {
      const config = configs.find((found) => found.source === source);
      return config && functions.get(config.name)?.config().taskRoot;
    },
    /** Gives functions the code in other folders, by what they are bundled from. */
    updateCode(folders: ReadonlyMap<string, string>) {
      for (const config of configs) {
        const folder = folders.get(config.source ?? "");
        if (folder) functions.get(config.name)?.update(withCode(config, folder));
      }
    },
    /** Makes the functions those of this template; what those of both are in the middle of, they finish. */
    async start() {
      const names = new Set(configs.map(({ name }) => name));
      for (const config of configs) {
        const running = functions.get(config.name);
        if (running) running.update(config);
        else functions.set(config.name, lambdaFunction(config, host, pool));
      }
      for (const [name, fn] of functions) {
        if (names.has(name)) continue;
        functions.delete(name);
        await fn.stop();
      }
      bus.start();
      const ended = new Map(pollers);
      for (const mapping of mappings) {
        const running = ended.get(mapping.id);
        ended.delete(mapping.id);
        if (isDeepStrictEqual(running?.mapping, mapping)) continue;
        pollers.set(mapping.id, startPoller(mapping, { ...host, region: stack.region }, running?.stop()));
      }
      for (const [id, poller] of ended) {
        pollers.delete(id);
        void poller.stop();
      }
    },
  };
}
