/** Hands calls to DynamoDB on to the engine, and counts what they consume. */
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import { Agent as SecureAgent, request as sendSecurely } from "node:https";
import { buffer } from "node:stream/consumers";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Counted } from "./consumed.ts";
import type { Engine } from "./engine.ts";
import { engineClient, engineKey, signCall } from "./engine-client.ts";
import { answerJson } from "./http.ts";

export type EngineProxy = {
  /** `spent` is told the capacity units of a call that was answered. */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    call: Counted,
    spent: (units: number) => void,
  ): Promise<void>;
  close(): void;
};

export function engineProxy(engine: Engine, region: string): EngineProxy {
  let signing: DynamoDBClient | undefined;
  const client = (target: URL) => {
    signing ??= engineClient(target.href, region);
    return signing;
  };
  const agents = { "http:": new Agent({ keepAlive: true }), "https:": new SecureAgent({ keepAlive: true }) };
  return {
    async forward(request, response, { body, read }, spent) {
      const target = new URL(await engine.url());
      const onAws = target.protocol === "https:";
      const headers = onAws
        ? await signCall(client(target), target, String(request.headers["x-amz-target"]), body)
        : {
            ...endToEnd(request.headers),
            authorization: request.headers.authorization?.replace(/=\w+\//, `=${engineKey}/`),
          };
      const onward = (onAws ? sendSecurely : send)(target, {
        agent: onAws ? agents["https:"] : agents["http:"],
        method: "POST",
        headers: { ...headers, "content-length": body.length },
      });
      onward.on("response", (answer) => {
        buffer(answer).then(
          (whole) => {
            const { body: own, units } = answer.statusCode === 200 ? read(whole) : { body: whole, units: 0 };
            spent(units);
            const { "x-amz-crc32": _, ...headers } = endToEnd(answer.headers);
            response
              .writeHead(answer.statusCode ?? 500, { ...headers, "content-length": own.length })
              .end(own);
          },
          () => response.destroy(),
        );
      });
      onward.on("error", (error) => {
        if (response.headersSent) return response.destroy();
        // The engine was killed in the middle: the SDK asks again, as it does when DynamoDB fails.
        answerJson(response, 500, { __type: "InternalServerError", message: error.message });
      });
      onward.end(body);
    },
    close() {
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
