import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer of SES: a status and a body. */
export type Answer = { readonly status: number; readonly body: string };

export const taken: Answer = {
  status: 200,
  body: "<SendEmailResponse><SendEmailResult><MessageId>m1</MessageId></SendEmailResult></SendEmailResponse>",
};

/** An error in SES's form, with the kind of text that it gives: an account, a resource, an address. */
export const refused = (code: string, status = 400): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>User arn:aws:sts::123456789012:role/x, ann@example.com</Message></Error></ErrorResponse>`,
});

/** A server in SES's place: what it was sent, and what it answers; nothing at all where that is undefined. */
export async function openSes() {
  const requests: URLSearchParams[] = [];
  const ses = { url: "", requests, answer: taken as Answer | undefined, close: async () => {} };
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push(new URLSearchParams(Buffer.concat(chunks).toString()));
    if (!ses.answer) return;
    response.writeHead(ses.answer.status, { "content-type": "text/xml" }).end(ses.answer.body);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ses.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ses.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return ses;
}
