/**
 * The AWS endpoint that functions find in their environment. A call's signature names the function (by its access
 * key) and the service; DynamoDB calls go on to the engine.
 */
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import { Agent as SecureAgent, request as sendSecurely } from "node:https";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Engine } from "./engine.ts";
import { engineClient, signCall } from "./engine-client.ts";
import { answerJson, close, listen, readBody } from "./http.ts";

export type AwsEndpoint = { url: string; close(): Promise<void> };

/** `AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, …` */
const CREDENTIAL = /Credential=(?<accessKey>\w+)\/\d+\/(?<region>[\w-]+)\/(?<service>[\w-]+)\/aws4_request/;

export async function openAwsEndpoint(engine: Engine, region: string): Promise<AwsEndpoint> {
  let signing: DynamoDBClient | undefined;
  const client = (target: URL) => {
    signing ??= engineClient(target.href, region);
    return signing;
  };
  const agents = { "http:": new Agent({ keepAlive: true }), "https:": new SecureAgent({ keepAlive: true }) };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { service } = CREDENTIAL.exec(request.headers.authorization ?? "")?.groups ?? {};
    const body = await readBody(request);
    if (service === "dynamodb") return forward(request, response, body ?? Buffer.alloc(0));
    answerJson(response, 501, {
      __type: "NotImplemented",
      message: `The local run has no ${service ?? "service for an unsigned request"}.`,
    });
  }

  async function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const target = new URL(await engine.url());
    const onAws = target.protocol === "https:";
    const headers = onAws
      ? await signCall(client(target), target, String(request.headers["x-amz-target"]), body)
      : {
          ...endToEnd(request.headers),
          // DynamoDB Local keeps a database for each access key; all functions share one.
          authorization: request.headers.authorization?.replace(CREDENTIAL, shareDatabase),
        };
    const onward = (onAws ? sendSecurely : send)(target, {
      agent: onAws ? agents["https:"] : agents["http:"],
      method: "POST",
      headers: { ...headers, "content-length": body.length },
    });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 500, endToEnd(answer.headers));
      answer.on("error", () => response.destroy()).pipe(response);
    });
    onward.on("error", (error) => {
      if (response.headersSent) return response.destroy();
      // The engine was killed in the middle: the SDK asks again, as it does when DynamoDB fails.
      answerJson(response, 500, { __type: "InternalServerError", message: error.message });
    });
    onward.end(body);
  }

  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    handle(request, response).catch((error: Error) => {
      if (response.headersSent) return response.destroy();
      answerJson(response, 500, { __type: "InternalServerError", message: error.message });
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await close(server);
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** The headers that a proxy hands on. */
function endToEnd({
  host,
  connection,
  "keep-alive": _,
  "transfer-encoding": __,
  ...headers
}: IncomingHttpHeaders) {
  return headers;
}

const shareDatabase = (credential: string) => credential.replace(/=\w+\//, "=local/");
