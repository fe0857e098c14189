/** The server of the local Stripe, at an address of its own. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { answerJson, close, listen, readBody } from "../http.ts";
import type { Incoming, Outgoing } from "./http-messages.ts";

type Answer = (incoming: Incoming) => Promise<Outgoing | undefined>;

export async function serve(answer: Answer): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    handle(request, response, answer).catch(({ stack: message }: Error) =>
      answerJson(response, 500, { error: { type: "api_error", message } }),
    );
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => close(server) };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (incoming: Incoming) => Promise<Outgoing | undefined>,
): Promise<void> {
  const body = (await readBody(request))?.toString() ?? "";
  const { method = "", url = "", headers } = request;
  const answered = await answer({ method, url, headers, body });
  if (!answered) return void response.destroy();
  const text = JSON.stringify(answered.body);
  response.writeHead(answered.status, {
    ...{ ...answered.headers, "content-type": "application/json" },
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
