/** The server that the developer and their clients speak to: what it answers by itself, and how it waits for an edit. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { answerJson, close, listen } from "./http.ts";
import type { Logs } from "./logs.ts";

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

/** Room for API Gateway's 10,240 bytes of headers; Node.js counts the request line too. */
const HEADER_LIMIT = 10_240;
/** Longer than any client in between pauses. */
const KEEP_ALIVE_MS = 75_000;

export async function openServer(port: number, logs: Logs) {
  const server = createServer({ maxHeaderSize: HEADER_LIMIT, keepAliveTimeout: KEEP_ALIVE_MS });
  const listening = await listen(server, port);
  let held: Promise<unknown> | undefined;
  return {
    url: `http://localhost:${listening}`,
    port: listening,
    close: () => close(server),
    /** Answers requests from now on; those that came before wait. */
    serve(handle: Handle) {
      server.on("request", (request: IncomingMessage, response: ServerResponse) => {
        const handled = held ? held.then(() => handle(request, response)) : handle(request, response);
        handled?.catch((error: Error) => {
          if (!request.destroyed)
            logs.write({ source: "run", text: error.stack ?? error.message, error: true });
          if (response.headersSent) response.destroy();
          else answerJson(response, 500, { message: "Internal Server Error" });
        });
      });
      server.on("clientError", answerMalformed);
    },
    /** Requests wait for this, and then find what it has brought. */
    holdFor(work: Promise<unknown>) {
      held = work;
      void work.then(() => {
        if (held === work) held = undefined;
      });
    },
  };
}

/** Requests that Node.js can't read never become requests: they are answered on the bare socket. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, message] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "Request Header Fields Too Large"]
      : ["400 Bad Request", "Bad Request"];
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}
