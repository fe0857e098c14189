/** Runs a synthesised stack on this machine: what `npm start` starts, and what the tests start. */
import { resolve } from "node:path";
import { accessLine } from "./access-log.ts";
import { readAssembly } from "./assembly.ts";
import { openAwsEndpoint } from "./aws.ts";
import { openClock } from "./clock.ts";
import { CONTROL, check, control, ISSUER_PATH } from "./control.ts";
import { deploy, type Host } from "./deployment.ts";
import { startEngine } from "./engine.ts";
import { engineProxy } from "./engine-proxy.ts";
import { type Claims, ISSUER, openIssuer } from "./issuer.ts";
import type { LambdaFunction } from "./lambda.ts";
import { type Line, openLogs } from "./logs.ts";
import { pages } from "./pages/pages.ts";
import { openRequests } from "./pages/requests.ts";
import { peopleWith } from "./people.ts";
import { openPool } from "./pool.ts";
import { openQueues } from "./queues.ts";
import { openRuntimeApi } from "./runtime-api.ts";
import { openServer } from "./server.ts";
import { Faults, openFaults } from "./ses/faults.ts";
import { openPostOffice } from "./ses/post-office.ts";
import { eraseState, openState, takeOver } from "./state.ts";
import { stripeControls } from "./stripe/controls.ts";
import { openStripe } from "./stripe/stripe.ts";
import { readStack } from "./template.ts";
import type { Result } from "./worker.ts";

export type Options = {
  /** The folder that `cdk synth` wrote. */
  assembly: string;
  /** 0 (the default) takes any free one. */
  port?: number;
  stateDir?: string;
  /** Forgets what the state folder holds. */
  fresh?: boolean | undefined;
  /** Instead of the engine of the run, for instance DynamoDB Local. */
  engineEndpoint?: string | undefined;
  onProgress?: (line: string) => void;
  /** How long a function's process waits for its next invocation. */
  idleMs?: number;
  /** With so many processes of functions, an idle one ends before another starts. */
  maxProcesses?: number;
};

export type LocalRun = Awaited<ReturnType<typeof startLocal>>;

/** The route of the template where Stripe's webhooks go. */
const WEBHOOKS = "/webhooks/stripe";
const FIVE_MINUTES = 5 * 60 * 1000;

export async function startLocal(options: Options) {
  const {
    assembly,
    port = 0,
    engineEndpoint,
    onProgress = () => {},
    idleMs = FIVE_MINUTES,
    maxProcesses = 48,
  } = options;
  const stateDir = resolve(options.stateDir ?? ".local");
  const { region } = readStack(readAssembly(assembly));
  for (const what of await takeOver(stateDir)) onProgress(`ended what was left of the last run: ${what}`);
  if (options.fresh) eraseState(stateDir);
  const state = openState(stateDir);
  state.started(process.pid, "the run");
  const clock = openClock(state);
  const logs = openLogs(state, clock.now);
  const closers: (() => Promise<void>)[] = [logs.close, async () => clock.stop()];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      while (closers.length > 0) await closers.pop()?.();
      state.ended(process.pid);
    })();
    return stopping;
  };

  try {
    const server = await openServer(port, logs);
    const { url } = server;
    closers.push(server.close);
    state.started(process.pid, "the run", server.port);
    const engine = await startEngine(state, logs, engineEndpoint);
    closers.push(engine.stop);
    onProgress(`engine: ${engine.what}`);
    const requests = openRequests();
    const aws = await openAwsEndpoint(engineProxy(engine, region), () => deployed.cloud, requests.consumed);
    closers.push(aws.close);
    const runtimeApi = await openRuntimeApi(clock.offsetMs);
    closers.push(runtimeApi.close);
    const issuer = openIssuer(state, clock);

    const local = url.replace("localhost", "127.0.0.1");
    const hosts = { [ISSUER]: local + ISSUER_PATH };
    const functions = new Map<string, LambdaFunction>();
    closers.push(async () => void (await Promise.all([...functions.values()].map((fn) => fn.stop()))));
    const invoke = async (name: string, event: unknown): Promise<Result> => {
      const fn = functions.get(deployed.stack.find("AWS::Lambda::Function", name)?.name ?? name);
      if (!fn) throw new Error(`The stack has no function ${name}`);
      return fn.invoke(JSON.stringify(event));
    };
    const stripe = await openStripe({
      ...{ state, clock, pages: url },
      webhooks: () => deployed.api?.routes.some(({ key }) => key === `POST ${WEBHOOKS}`) && local + WEBHOOKS,
    });
    closers.push(stripe.close);
    const sesFaults = openFaults();
    const post = openPostOffice(state, clock, (...told) => deployed.ses.publish(...told));
    const host: Host = {
      ...{ state, logs, clock, runtimeApi, hosts },
      pool: openPool(idleMs, maxProcesses),
      endpoints: { runtimeApi: runtimeApi.address, aws: aws.url, app: url, stripe: stripe.url },
      engineUrl: engine.url,
      functions,
      pollers: new Map(),
      queues: openQueues(state, clock),
      seen: [],
      ...{ post, sesFaults },
      invoke,
      served(request) {
        const source = functions.get(request.function ?? "")?.config().source;
        requests.served({ ...request, function: source ?? request.function });
        const format = deployed.api?.accessLog;
        if (format) logs.write({ source: "access", text: accessLine(format, request), error: false });
      },
    };
    let deployed = await deploy(assembly, host);
    await deployed.start();
    post.resume();
    stripe.resume();
    closers.push(async () => {
      deployed.bus.stop();
      for (const poller of host.pollers.values()) void poller.stop();
    });

    const controls = control(clock, issuer, {
      "GET /_local/events": () => host.seen,
      "GET /_local/mail": (_, search) => post.mailbox.list(search.get("to") ?? undefined),
      "GET /_local/queues": () => host.queues.all(),
      "GET /_local/requests": requests.last,
      "GET /_local/ses/faults": sesFaults.now,
      "POST /_local/ses/faults": (body) => sesFaults.set(check(Faults, body)),
      ...stripeControls(stripe),
    });
    const people = await peopleWith(issuer.token);
    const home = () => ({
      ...{ url, stateDir, now: clock.now(), requests: requests.last(), functions: functions.size, people },
      routes: deployed.api?.routes.length ?? 0,
    });
    const page = pages({ home, mails: post.mailbox, stripe, people }, () => deployed.api);
    server.serve((request, response) => {
      const handle = request.url?.startsWith(CONTROL) ? controls : (page(request) ?? deployed.serve);
      return handle?.(request, response);
    });

    return {
      url,
      deployed: () => deployed,
      /** Runs another template, or the same anew, on the same data; throws, and goes on, where it can't be run. */
      async redeploy(assembly: string) {
        const next = await deploy(assembly, host);
        deployed.bus.stop();
        deployed = next;
        await next.start();
      },
      holdFor: server.holdFor,
      stateDir,
      clock,
      token: (claims: Claims) => issuer.token(claims),
      /** Invokes a function, by logical id or name, past the gateway. */
      invoke,
      functions,
      enginePid: engine.pid,
      /** Calls back with every line that functions and the run write. */
      logs: (listener: (line: Line) => void) => logs.follow(listener),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
