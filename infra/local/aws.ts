/**
 * The AWS endpoint that functions find in their environment. A call's signature names the function (by its access
 * key) and the service. Every call is judged by the policies of the function's role, as AWS would.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AnswerLost, AwsError } from "./aws-error.ts";
import { counted } from "./consumed.ts";
import type { EngineProxy } from "./engine-proxy.ts";
import { close, listen, readBody } from "./http.ts";
import type { Call } from "./iam.ts";
import { json, type Protocol, query } from "./protocols.ts";
import { authorize, type Caller } from "./roles.ts";

/** The operations of a service, by name. Each authorizes what it is about to do. */
export type Service = Record<
  string,
  (input: unknown, authorize: (...calls: Call[]) => void, caller: Caller) => unknown
>;

/** What of AWS the template that runs makes. */
export type Cloud = {
  callers: ReadonlyMap<string, Caller>;
  /** The calls that an operation of DynamoDB consists of. */
  dynamodb(operation: string, input: unknown): Call[];
  /** The services besides, by the name that they are signed with. */
  services: Record<string, Service>;
  /** A write may have changed a table. */
  written(): void;
};

export type AwsEndpoint = { url: string; close(): Promise<void> };

/** `AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, …` */
const CREDENTIAL = /Credential=(?<accessKey>\w+)\/\d+\/[\w-]+\/(?<service>[\w-]+)\/aws4_request/;

/** `consumed` is told the capacity units that a call of an invocation (by its trace) consumed. */
export async function openAwsEndpoint(
  proxy: EngineProxy,
  cloud: () => Cloud,
  consumed: (trace: string, units: number) => void,
): Promise<AwsEndpoint> {
  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    accessKey: string,
    service: string,
    protocol: Protocol,
  ): Promise<void> {
    const { callers, dynamodb, services, written } = cloud();
    const body = (await readBody(request)) ?? Buffer.alloc(0);
    if (service !== "dynamodb" && !services[service])
      throw new AwsError(
        "NotImplemented",
        `The local run has no ${service || "service for an unsigned request"}.`,
      );
    const caller = callers.get(accessKey);
    if (!caller) throw protocol.unknownCaller;
    const { operation, input } = protocol.read(request.headers, body);
    if (service === "dynamodb") {
      const value = input();
      authorize(caller, dynamodb(operation, value));
      if (WRITES.test(operation)) response.once("finish", written);
      const invocation = TRACE.exec(String(request.headers["x-amzn-trace-id"]))?.[1] ?? "";
      return proxy.forward(request, response, counted(operation, value, body), (units) =>
        consumed(invocation, units),
      );
    }
    const run = services[service]?.[operation];
    if (!run) throw protocol.unknownOperation(service, operation);
    const result = await run(input(), (...calls) => authorize(caller, calls), caller);
    protocol.answer(response, operation, result);
  }

  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const { accessKey = "", service = "" } =
      CREDENTIAL.exec(request.headers.authorization ?? "")?.groups ?? {};
    const protocol = service === "ses" ? query : json;
    handle(request, response, accessKey, service, protocol).catch((error: Error) => {
      if (response.headersSent || error instanceof AnswerLost) return response.destroy();
      const refusal =
        error instanceof AwsError ? error : new AwsError("InternalServerError", error.message, 500);
      protocol.refuse(response, refusal);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await close(server);
      proxy.close();
    },
  };
}

/** SDKs send the trace of the invocation that they call for. */
const TRACE = /Root=([\w-]+)/;

const WRITES = /^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/;
