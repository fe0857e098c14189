import { createServer, type RequestListener } from "node:http";
import * as sdk from "@aws-sdk/client-ses";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endpointOf } from "../../infra/lambda-aws-call.ts";
import * as ours from "../../infra/lambda-ses.ts";
import { close, listen } from "../../infra/local/http.ts";
import { sendInvitation } from "../../shared/email/send-invitation.ts";
import { acceptUrl, mail } from "./mail.ts";
import { refused, taken } from "./ses-stub.ts";

/** Whatever stands in for the SDK's SES client in the bundles does what the SDK does, request for request. */

const limits = { maxAttempts: 1, requestHandler: { connectionTimeout: 300 } } as const;
type Name = "sdk" | "ours";

let url = "";
let listener: RequestListener = () => {};
const requests: { method: string; path: string; headers: Record<string, unknown>; body: string }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = "", url: path = "", headers } = request;
  requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
  listener(request, response);
});
const before = { ...process.env };

beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(server)}`;
});
beforeEach(() => {
  requests.length = 0;
  Object.assign(process.env, {
    ...{ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL_SES: url },
    ...{ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret/+", AWS_SESSION_TOKEN: "token==" },
    ...{ ACCEPT_URL: acceptUrl, EMAIL_SENDER: "Acme & Söhne (!'*) <no-reply@acme.example>" },
    EMAIL_CONFIGURATION_SET: "acme-set",
  });
});
afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  await close(server);
});

/** Sends by a fresh client of either, and tells what shared/email makes of it, and what was thrown. */
async function outcome(which: Name, timeLeft = 1_000) {
  const lib = which === "sdk" ? sdk : ours;
  const client = new lib.SESClient(limits) as sdk.SESClient;
  const thrown: unknown[] = [];
  const email = {
    send: async (command: sdk.SendEmailCommand, options: object) => {
      try {
        return await client.send(new lib.SendEmailCommand(command.input) as sdk.SendEmailCommand, options);
      } catch (error) {
        const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
        thrown.push({
          name,
          ...($metadata?.httpStatusCode && { status: $metadata.httpStatusCode, message }),
        });
        throw error;
      }
    },
  } as unknown as sdk.SESClient;
  const context = { now: 0, timeLeft: () => timeLeft, cleared: async () => {}, email };
  return { sent: await sendInvitation.run(context, mail), thrown };
}

const answering =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "text/xml" }).end(body);

/** What shared/email makes of it, but for the name that is only logged. */
async function meaning(which: Name) {
  const { error: _, ...sent } = (await outcome(which)).sent as Record<string, unknown>;
  return sent;
}

describe("the SES client of the bundles", () => {
  test("sends what the SDK sends: the same form, to the same place, signed", async () => {
    listener = answering(taken.status, taken.body);
    expect([await outcome("sdk"), await outcome("ours")]).toEqual(
      Array(2).fill({ sent: { sent: true }, thrown: [] }),
    );
    const [theirs, own] = requests;
    const form = (body = "") => body.split("&").sort();
    expect(form(own?.body)).toEqual(form(theirs?.body));
    expect([own?.method, own?.path]).toEqual([theirs?.method, theirs?.path]);
    const told = ["content-type", "host", "x-amz-security-token"];
    for (const name of told) expect(own?.headers[name]).toBe(theirs?.headers[name]);
    const scope = /Credential=AKIA\/\d{8}\/us-east-1\/ses\/aws4_request/;
    for (const { headers } of requests) expect(headers.authorization).toMatch(scope);
  });

  test.each([
    ...["MessageRejected", "InvalidParameterValue", "Throttling", "ThrottlingException", "LimitExceeded"],
    ...["AccountSendingPausedException", "ConfigurationSetDoesNotExist", "SomethingNew"],
    ...["ConfigurationSetSendingPausedException", "MailFromDomainNotVerifiedException", "ExpiredToken"],
  ])("fails on %s as the SDK does: name, status, message", async (code) => {
    listener = answering(400, refused(code).body);
    const own = await outcome("ours");
    expect(own).toEqual(await outcome("sdk"));
    expect(own.thrown).toMatchObject([{ status: 400 }]);
  });

  test.each<[string, RequestListener]>([
    ["AccessDenied", answering(403, refused("AccessDenied").body)],
    ["a server's error", answering(500, refused("InternalFailure").body)],
    ["that it is not there", answering(503, refused("ServiceUnavailable").body)],
    ["404 and nothing else", answering(404, "")],
    ["nothing in an error", answering(500, "")],
  ])("fails as the SDK does, and is asked once: %s", async (_, listens) => {
    listener = listens;
    const own = await outcome("ours");
    expect(requests).toHaveLength(1);
    const theirs = await outcome("sdk");
    expect(own.sent).toEqual(theirs.sent);
    expect(own.thrown).toMatchObject([{ status: expect.any(Number) }]);
  });

  test.each<[string, RequestListener]>([
    ["a page of a proxy", answering(502, "<html><body>Bad gateway")],
    ["an error without a code", answering(400, "<ErrorResponse><Error></Error></ErrorResponse>")],
    ["half an answer", answering(200, "<SendEmailResponse><SendEma")],
    ["a connection that breaks", (request) => request.socket.destroy()],
    [
      "an answer that breaks off",
      (_, response) => {
        response.writeHead(200, { "content-length": 100 }).write("<Send");
        setImmediate(() => response.socket?.destroy());
      },
    ],
  ])("means what the SDK means by %s", async (_, listens) => {
    listener = listens;
    expect(await meaning("ours")).toEqual(await meaning("sdk"));
    expect(await meaning("ours")).toMatchObject({ sent: false });
  });

  test("gives up when it is told to, as the SDK does, and leaves no connection", async () => {
    const gone = Promise.withResolvers<void>();
    listener = (request) => request.socket.once("close", gone.resolve);
    const own = await outcome("ours", 300);
    await gone.promise;
    expect(own).toEqual(await outcome("sdk", 300));
    expect(own).toMatchObject({ sent: { unanswered: true }, thrown: [{ name: "AbortError" }] });
    const client = new ours.SESClient(limits);
    const abortSignal = AbortSignal.abort();
    requests.length = 0;
    await expect(client.send(new ours.SendEmailCommand({} as never), { abortSignal })).rejects.toThrow(
      /aborted/,
    );
    listener = answering(taken.status, taken.body);
    expect((await outcome("ours")).sent).toEqual({ sent: true });
    expect(requests).toHaveLength(1);
  });

  test("can't reach what isn't there, as the SDK can't", async () => {
    const closed = createServer();
    process.env.AWS_ENDPOINT_URL_SES = `http://127.0.0.1:${await listen(closed)}`;
    await close(closed);
    const own = await outcome("ours");
    expect(own).toEqual(await outcome("sdk"));
    expect(own).toMatchObject({ sent: { unanswered: true } });
  });

  test.each([
    ["empty", ""],
    ["another service's", "<html></html>"],
  ])(
    "unlike the SDK, takes an answer that is %s for none: nobody knows whether the mail went out",
    async (_, body) => {
      listener = answering(200, body);
      expect((await outcome("ours")).sent).toMatchObject({ sent: false, unanswered: true });
    },
  );

  test.each(["us-east-1", "eu-central-1", "il-central-1", "us-gov-west-1", "cn-north-1"])(
    "calls SES in %s where the SDK does",
    (region) => {
      delete process.env.AWS_ENDPOINT_URL_SES;
      const { endpointProvider } = new sdk.SESClient({ region }).config;
      const rules = { Region: region, UseFIPS: false, UseDualStack: false };
      expect(endpointOf("ses", region)).toEqual(endpointProvider(rules as never).url);
    },
  );

  test("makes one attempt only, and says so", () => {
    const options = { ...limits, maxAttempts: 3 };
    expect(() => new ours.SESClient(options as never)).toThrow(/one attempt/);
  });
});
