/** Lambda's Runtime API over HTTP: how the functions' processes fetch their events and give their answers. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { close, listen, readBody } from "./http.ts";

export type Invocation = { id: string; payload: string; deadline: number; arn: string };

/** What the Runtime API tells about one process. */
export type Listener = {
  /** The process waits for an event; `deliver` hands it one. */
  next(deliver: (invocation: Invocation) => void): void;
  answer(id: string, payload: string): void;
  error(id: string, payload: string): void;
  initError(payload: string): void;
};

export type RuntimeApi = {
  address: string;
  register(worker: string, listener: Listener): void;
  forget(worker: string): void;
  close(): Promise<void>;
};

const PREFIX = "/2018-06-01/runtime/";

export async function openRuntimeApi(clockOffset: () => number): Promise<RuntimeApi> {
  const workers = new Map<string, Listener>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const worker = workers.get(String(request.headers["tenantry-worker"]));
    const [resource, id = "", kind] = (request.url ?? "").slice(PREFIX.length).split("/");
    if (!worker || !request.url?.startsWith(PREFIX)) return void response.writeHead(403).end();
    if (request.method === "GET" && id === "next")
      return worker.next((invocation) =>
        response
          .writeHead(200, {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(invocation.payload),
            "lambda-runtime-aws-request-id": invocation.id,
            "lambda-runtime-deadline-ms": invocation.deadline,
            "lambda-runtime-invoked-function-arn": invocation.arn,
            "lambda-runtime-trace-id": `Root=${traceRoot(invocation.id)};Sampled=0`,
            "tenantry-clock-offset-ms": clockOffset(),
          })
          .end(invocation.payload),
      );
    const payload = (await readBody(request))?.toString() ?? "";
    if (resource === "init") worker.initError(payload);
    else if (kind === "response") worker.answer(id, payload);
    else if (kind === "error") worker.error(id, payload);
    response.writeHead(202, { "content-length": 0 }).end();
  }

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await listen(server);
  return {
    address: `127.0.0.1:${port}`,
    register: (worker, listener) => void workers.set(worker, listener),
    forget: (worker) => void workers.delete(worker),
    close: () => close(server),
  };
}

/** X-Ray's form of an invocation's UUID: 8 and 24 hexadecimal digits. */
export const traceRoot = (id: string) => `1-${id.replaceAll("-", "").replace(/^.{8}/, "$&-")}`;
