/** One call to an AWS service by the credentials and the region of the Lambda environment, in whichever protocol. */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { sign } from "./lambda-signing.ts";

/** In milliseconds: until the connection stands, and, where that is bounded, until the answer is there. */
export interface Limits {
  readonly connectionTimeout: number;
  readonly requestTimeout?: number;
}

export interface Call {
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const agents = {
  "http:": { request: httpRequest, agent: new HttpAgent({ keepAlive: true, maxSockets: 50 }) },
  "https:": { request: httpsRequest, agent: new HttpsAgent({ keepAlive: true, maxSockets: 50 }) },
};

/** Answers whatever the service says; fails where there is no whole answer in time. */
export function post(
  { service, headers: own, body }: Call,
  { connectionTimeout, requestTimeout }: Limits,
  abortSignal?: AbortSignal,
): Promise<{ status: number; body: string }> {
  const { AWS_REGION = "", _X_AMZN_TRACE_ID } = process.env;
  const url = endpointOf(service, AWS_REGION);
  const headers = sign(service, AWS_REGION, url, own, body);
  const { request, agent } = agents[url.protocol as keyof typeof agents];
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent,
      method: "POST",
      headers: {
        ...headers,
        "content-length": Buffer.byteLength(body),
        // By it Lambda notices functions that call each other in a circle.
        ...(_X_AMZN_TRACE_ID && { "x-amzn-trace-id": _X_AMZN_TRACE_ID }),
      },
    });
    const end = (name: string, what: string) => () =>
      outgoing.destroy(Object.assign(new Error(`${service}: ${what}`), { name }));
    const answerTimer =
      requestTimeout && setTimeout(end("TimeoutError", `no answer in ${requestTimeout} ms`), requestTimeout);
    const connectionTimer = setTimeout(
      end("TimeoutError", `no connection in ${connectionTimeout} ms`),
      connectionTimeout,
    );
    const abort = end("AbortError", "request aborted");
    if (abortSignal?.aborted) abort();
    abortSignal?.addEventListener("abort", abort);
    outgoing.on("socket", (socket) => {
      const connected = () => clearTimeout(connectionTimer);
      if (socket.connecting) socket.once("connect", connected);
      else connected();
    });
    const fail = (error: Error) => reject(Object.assign(error, { $metadata: {} }));
    outgoing.on("close", () => {
      clearTimeout(answerTimer);
      clearTimeout(connectionTimer);
      abortSignal?.removeEventListener("abort", abort);
    });
    outgoing.on("error", fail);
    outgoing.on("response", (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.end(body);
  });
}

/** Where a service is: in our own region, or wherever the environment says, as the local run does. */
export function endpointOf(service: string, region: string): URL {
  const { AWS_ENDPOINT_URL } = process.env;
  const { host = service, variable = service.toUpperCase() } = places[service] ?? {};
  const own = process.env[`AWS_ENDPOINT_URL_${variable}`] ?? AWS_ENDPOINT_URL;
  if (own) return new URL(own);
  if (!ordinary.test(region)) throw new Error(`${region}: teach infra/lambda-aws-call.ts its addresses`);
  return new URL(`https://${host}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`);
}

/** Where these aren't the name that a service signs with. */
const places: Readonly<Record<string, { readonly host?: string; readonly variable?: string }>> = {
  ses: { host: "email" },
  secretsmanager: { variable: "SECRETS_MANAGER" },
};

/** The partitions whose addresses end in amazonaws.com, as all but the isolated ones do. */
const ordinary = /^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov)-[a-z]+-\d+$/;
