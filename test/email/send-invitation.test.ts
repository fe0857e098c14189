import { SESClient } from "@aws-sdk/client-ses";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sendInvitation } from "../../shared/email/send-invitation.ts";
import type { Context } from "../../shared/operation.ts";
import { acceptUrl, mail } from "./mail.ts";
import { openSes, refused, taken } from "./ses-stub.ts";

let ses: Awaited<ReturnType<typeof openSes>>;
const before = { ...process.env };

beforeAll(async () => {
  ses = await openSes();
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_SES: ses.url,
    ACCEPT_URL: acceptUrl,
    EMAIL_SENDER: "Acme <no-reply@acme.example>",
    EMAIL_CONFIGURATION_SET: "acme-set",
  });
});
beforeEach(() => {
  ses.requests.length = 0;
  ses.answer = taken;
});
afterAll(async () => {
  process.env = before;
  await ses.close();
});

const send = (context: Partial<Context> = {}) =>
  sendInvitation.run({ now: 0, timeLeft: () => 3_000, cleared: async () => {}, ...context }, mail);

describe("sending an invitation", () => {
  test("gives SES the sender, the one recipient, both parts in UTF-8, the configuration set and what tells it apart", async () => {
    expect(await send()).toEqual({ sent: true });
    const [request] = ses.requests;
    expect(Object.fromEntries(request ?? [])).toEqual({
      Action: "SendEmail",
      Version: "2010-12-01",
      Source: "Acme <no-reply@acme.example>",
      "Destination.ToAddresses.member.1": "ann@example.com",
      "Message.Subject.Data": "Olivia invites you to join Acme",
      "Message.Subject.Charset": "UTF-8",
      "Message.Body.Text.Data": expect.stringContaining("https://app.example.com/invitations/AbC-_9"),
      "Message.Body.Text.Charset": "UTF-8",
      "Message.Body.Html.Data": expect.stringContaining("https://app.example.com/invitations/AbC-_9"),
      "Message.Body.Html.Charset": "UTF-8",
      ConfigurationSetName: "acme-set",
      "Tags.member.1.Name": "businessId",
      "Tags.member.1.Value": "biz_01",
      "Tags.member.2.Name": "invitationId",
      "Tags.member.2.Value": "inv_01",
      "Tags.member.3.Name": "sendNo",
      "Tags.member.3.Value": "3",
    });
  });

  test.each<[string, number, RegExp]>([
    ["MessageRejected", 400, /rejected the email/],
    ["InvalidParameterValue", 400, /does not accept this address/],
    ["Throttling", 400, /no more emails for now/],
    ["AccessDenied", 403, /operator/],
    ["AccountSendingPausedException", 400, /operator/],
    ["ConfigurationSetDoesNotExist", 400, /operator/],
    ["ConfigurationSetSendingPausedException", 400, /operator/],
    ["MailFromDomainNotVerifiedException", 400, /operator/],
    ["ServiceUnavailable", 503, /failed/],
    ["InternalFailure", 500, /failed/],
    ["SomethingNew", 400, /failed/],
  ])("answers SES's %s with a reason for people, after one attempt", async (code, status, reason) => {
    ses.answer = refused(code, status);
    const sent = await send();
    expect(sent).toEqual({
      sent: false,
      reason: expect.stringMatching(reason),
      throttled: code === "Throttling",
      unanswered: false,
      isSetup: reason.source === "operator",
      error: expect.stringContaining(code),
    });
    expect(JSON.stringify(sent)).not.toMatch(/arn:|@|123456789012/);
    expect(ses.requests.length).toBe(1);
  });

  test.each([
    ["a page of a proxy", { status: 502, body: "<html><body>Bad gateway" }],
    ["half an answer", { status: 200, body: "<SendEmailResponse><SendEma" }],
    ["nothing in an error", { status: 500, body: "" }],
  ])("never fails: %s", async (_, answer) => {
    ses.answer = answer;
    expect(await send()).toMatchObject({ sent: false, reason: expect.stringMatching(/^The email service/) });
    expect(ses.requests.length).toBe(1);
  });

  test("says that nobody knows, where an answer broke off or none came, and only there", async () => {
    ses.answer = { status: 200, body: "<SendEmailResponse><SendEma" };
    expect(await send()).toMatchObject({ sent: false, unanswered: true });
    ses.answer = { status: 500, body: "" };
    expect(await send()).toMatchObject({ sent: false, unanswered: false });
  });

  test("never fails where SES can't be reached", async () => {
    const closed = await openSes();
    await closed.close();
    const email = new SESClient({ endpoint: closed.url, maxAttempts: 1 });
    expect(await send({ email })).toMatchObject({ sent: false, reason: "The email service did not answer." });
  });

  test("gives up when the time of the invocation is over, after one attempt", async () => {
    ses.answer = undefined;
    const began = performance.now();
    expect(await send({ timeLeft: () => 400 })).toEqual({
      sent: false,
      reason: "The email service did not answer.",
      throttled: false,
      unanswered: true,
      isSetup: false,
      error: "AbortError",
    });
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(ses.requests.length).toBe(1);
  });

  test("begins nothing that it has no time to finish", async () => {
    expect(await send({ timeLeft: () => 100 })).toMatchObject({
      sent: false,
      throttled: true,
      error: "NoTimeLeft",
    });
    expect(ses.requests).toEqual([]);
  });

  test("goes by the client in its context, where there is one", async () => {
    const commands: unknown[] = [];
    const email = { send: async (command: { input: unknown }) => commands.push(command.input) };
    expect(await send({ email: email as unknown as SESClient })).toEqual({ sent: true });
    expect(commands).toMatchObject([{ Destination: { ToAddresses: ["ann@example.com"] } }]);
    expect(ses.requests).toEqual([]);
  });
});
