/**
 * What runs in each function's process: Lambda's runtime for Node.js, without dependencies. It loads the bundle
 * with `require` and asks only for `node:http`, so that a bundle's cold start is its own.
 */
"use strict";
const http = require("node:http");
const path = require("node:path");

const { worker, clockOffsetMs, hosts } = JSON.parse(process.argv[2]);
process.argv.length = 2;
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const RealDate = Date;
let offset = clockOffsetMs;

// The run holds the other end of stdin: when that closes, the run is gone, and so are its functions.
process.stdin.on("close", () => process.exit(1)).resume();
process.stdin.unref?.();

/** `Date`, moved by the run's clock. */
function shiftClock() {
  const now = () => RealDate.now() + offset;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length ? args : [now()], newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = globalThis.Date;
}

/** Leads requests to some hosts into the run, as a hosts file would. Node.js loads undici at the first call. */
function mapHosts() {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const target = hosts[url.origin];
    if (!target) return fetch(input, init);
    const local = target + url.pathname + url.search;
    return fetch(input instanceof Request ? new Request(local, input) : local, init);
  };
}

/** One exchange with the Lambda Runtime API. */
function call(method, resource, headers = {}, body = "") {
  return new Promise((resolve) => {
    const request = http.request({
      host,
      port,
      agent,
      method,
      path: `/2018-06-01/runtime/${resource}`,
      headers: { ...headers, "tenantry-worker": worker, "content-length": Buffer.byteLength(body) },
    });
    request.on("error", () => process.exit(1));
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.end(body);
  });
}

/** Reports an error as Lambda does, and shows it in the function's log. */
function fail(resource, error, type) {
  const { name = typeof error, message = String(error), stack = "" } = error ?? {};
  console.error(stack || message);
  const body = { errorType: type ?? name, errorMessage: message, stackTrace: stack.split("\n") };
  return call(
    "POST",
    resource,
    { "lambda-runtime-function-error-type": body.errorType },
    JSON.stringify(body),
  );
}

function loadHandler() {
  const [file, name] = process.env._HANDLER.split(/\.(?=[^.]*$)/);
  const base = path.resolve(process.env.LAMBDA_TASK_ROOT, file);
  for (const extension of [".js", ".mjs", ".cjs"]) {
    if (!require("node:fs").existsSync(base + extension)) continue;
    const handler = require(base + extension)[name];
    if (typeof handler !== "function") throw new Error(`${file}${extension} exports no function ${name}`);
    return handler;
  }
  throw new Error(`Cannot find module '${file}' in ${process.env.LAMBDA_TASK_ROOT}`);
}

function contextOf(headers) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => headers["lambda-runtime-deadline-ms"] - RealDate.now(),
  };
}

async function main() {
  shiftClock();
  mapHosts();
  let handler;
  let current;
  const crash = async (error) => {
    if (current) await fail(`invocation/${current}/error`, error);
    else if (!handler) await fail("init/error", error);
    else console.error(error);
    process.exit(1);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  try {
    handler = loadHandler();
  } catch (error) {
    return crash(error);
  }
  while (true) {
    current = undefined;
    const { headers, body } = await call("GET", "invocation/next");
    current = headers["lambda-runtime-aws-request-id"];
    offset = Number(headers["tenantry-clock-offset-ms"]);
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
    try {
      const result = await handler(JSON.parse(body), contextOf(headers));
      await call("POST", `invocation/${current}/response`, {}, JSON.stringify(result ?? null));
    } catch (error) {
      await fail(`invocation/${current}/error`, error);
    }
  }
}

main();
