/** SES through the AWS SDK's own client: as strict as SES is, judged by IAM, and with its faults on purpose. */
import { type SESClient, type SendEmailCommandInput, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mini } from "./local-run.ts";
import { clientOf, mail, SENDER, startMailer } from "./mailer.ts";

let local: Mini;
let client: SESClient;
beforeAll(async () => {
  local = await startMailer();
  client = await clientOf(local);
});
afterAll(() => local.remove());

const TO = "someone@example.com";
const refusal = (name: string, message: string) =>
  expect.objectContaining({ name, message: expect.stringContaining(message) });
type Changes = Partial<SendEmailCommandInput> & { to?: string | string[] };
const send = ({ to = TO, ...changes }: Changes = {}) => client.send(mail(to, changes));
const text = (Data: string, subject?: string) => ({
  Message: { Subject: { Data: subject ?? "Hello" }, Body: { Text: { Data } } },
});
const tag = (Name: string, Value = "x") => ({ Tags: [{ Name, Value }] });
const many = (count: number) => Array.from({ length: count }, (_, n) => `person-${n}@example.com`);
const mails = async () => (await local.request("/_local/mail")).json() as { id: string }[];

describe("SES refuses", () => {
  const verified =
    "Email address is not verified. The following identities failed the check in region US-EAST-1:";
  const bodiless: Changes = { Message: { Subject: { Data: "Hello" }, Body: {} } };
  const subjectless: Changes = { Message: { Subject: undefined, Body: { Text: { Data: "x" } } } };
  const nothing: Changes = { Source: undefined, Message: undefined };
  // biome-ignore format: a row each
  it.each<[string, Changes, string]>([
    ["an unverified sender", { Source: "Me <me@example.com>" }, `MessageRejected: ${verified} me@example.com`],
    ["a sender that is no address", { Source: "no-reply" }, "InvalidParameterValue: Missing final '@domain'"],
    ["an empty address", { to: "" }, "InvalidParameterValue: Missing final '@domain'"],
    ["an address without a domain", { to: "someone" }, "InvalidParameterValue: Missing final '@domain'"],
    ["an address with an empty domain", { to: "someone@" }, "InvalidParameterValue: Missing final '@domain'"],
    ["an address without a name", { to: "@example.com" }, "InvalidParameterValue: Missing local name"],
    ["a blank in an address", { to: "a b@c.example" }, "InvalidParameterValue: Local address contains control"],
    ["a line break in one", { to: "a\r\nBcc: b@c.example" }, "InvalidParameterValue: Local address contains control"],
    ["a list in place of one", { to: "a@b.example,c@d.example" }, "InvalidParameterValue: Local address contains illegal"],
    ["a name outside ASCII", { to: "jürgen@example.com" }, "InvalidParameterValue: Illegal address"],
    ["a domain outside ASCII", { to: "a@bücher.example" }, "InvalidParameterValue: Illegal address"],
    ["two dots in a row", { to: "a@b..example" }, "InvalidParameterValue: Domain contains dot-dot"],
    ["a dot at the end", { to: "a@example.com." }, "InvalidParameterValue: Domain ends with dot"],
    ["a reply address that is none", { ReplyToAddresses: ["x"] }, "InvalidParameterValue: Missing final '@domain'"],
    ["no recipient", { to: [] }, "InvalidParameterValue: Missing final '@domain'"],
    ["no destination", { Destination: {} }, "ValidationError: 1 validation error detected: Value null at 'destination'"],
    ["more than 50 recipients", { to: many(51) }, "InvalidParameterValue: Recipient count exceeds 50."],
    ["a mail without a body", bodiless, "ValidationError: 1 validation error detected: Value null at 'message.body'"],
    ["a mail without a subject", subjectless, "ValidationError: 1 validation error detected: Value null at 'message.subject'"],
    ["a mail without anything", nothing, "ValidationError: 2 validation errors detected: Value null at 'source'"],
    ["a header in the subject", text("x", "a\r\nBcc: b@c.example"), "InvalidParameterValue: Control character"],
    ["more than 10 MB", text("x".repeat(10 * 1024 * 1024)), "InvalidParameterValue: Message length is more than 10485760"],
    ["an unknown configuration set", { ConfigurationSetName: "Other" }, "ConfigurationSetDoesNotExistException: Configuration set <Other> does"],
    ["a paused configuration set", { ConfigurationSetName: "Paused" }, "ConfigurationSetSendingPausedException: Email sending is disabled"],
    ["a bad name of a tag", tag("business id"), "InvalidParameterValue: Invalid tag name <business id>"],
    ["an empty name of a tag", tag(""), "InvalidParameterValue: Invalid tag name <>"],
    ["a bad value of a tag", tag("business", "a@b"), "InvalidParameterValue: Invalid tag value <a@b>"],
  ])("%s", async (_, changes, expected) => {
    const [name = "", message = ""] = expected.split(/: (.*)/);
    const before = (await mails()).length;
    await expect(send(changes)).rejects.toThrow(refusal(name, message));
    expect((await mails()).length).toBe(before);
  });

  it("an action that it doesn't have, at once and by name", async () => {
    const raw = client.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from("x") } }));
    await expect(raw).rejects.toThrow(refusal("InvalidAction", "Could not find operation SendRawEmail"));
  });

  it("a signature of nobody's", async () => {
    const stranger = await clientOf(local);
    stranger.config.credentials = async () => ({ accessKeyId: "ASIASTRANGER", secretAccessKey: "x" });
    await expect(stranger.send(mail(TO))).rejects.toThrow(refusal("InvalidClientTokenId", "invalid"));
  });
});

describe("SES takes", () => {
  it.each<[string, Changes]>([
    ["50 recipients", { to: many(50) }],
    ["a name beside an address", { to: '"Bond, James" <bond@example.com>' }],
    ["an encoded name", { to: "=?UTF-8?B?SsO8cmdlbg==?= <j@example.com>" }],
    ["a sender of a verified domain", { Source: "Anyone@Verified.Example" }],
    ["a mail with text only", text("x")],
    ["a mail without set and tags", { ConfigurationSetName: undefined, Tags: undefined }],
  ])("%s", async (_, changes) => {
    const { MessageId } = await send(changes);
    const [newest] = await mails();
    expect(newest?.id).toBe(MessageId);
    expect(MessageId).toMatch(/^0100[0-9a-f]{12}-[0-9a-f-]{36}-000000$/);
  });
});

describe("SES is judged by IAM", () => {
  const OTHERS = "Other <other@verified.example>";
  it.each<[string, Partial<SendEmailCommandInput>, string]>([
    ["Stranger", {}, `on resource: arn:aws:ses:us-east-1:000000000000:identity/${SENDER}`],
    ["Setless", {}, "on resource: arn:aws:ses:us-east-1:000000000000:configuration-set/Invitations"],
    ["Bound", { ConfigurationSetName: "Paused" }, "configuration-set/Paused"],
    [
      "Bound",
      { Source: OTHERS },
      "on resource: arn:aws:ses:us-east-1:000000000000:identity/verified.example",
    ],
  ])("%s with %j", async (name, changes, message) => {
    const bound = await clientOf(local, name);
    await expect(bound.send(mail(TO, changes))).rejects.toThrow(refusal("AccessDenied", message));
  });

  it("and lets through what a policy allows", async () => {
    await (await clientOf(local, "Bound")).send(mail(TO));
    await (await clientOf(local, "Setless")).send(mail(TO, { ConfigurationSetName: undefined }));
  });
});

describe("SES's faults on purpose", () => {
  const faults = async (body: object) =>
    (await local.request("/_local/ses/faults", { method: "POST", body: JSON.stringify(body) })).json();
  const WELL = { down: false, throttled: false, slow: 0, lose: 0 };

  it("down: every call is answered 503, until it is up again", async () => {
    expect(await faults({ down: true })).toEqual({ ...WELL, down: true });
    await expect(send()).rejects.toMatchObject({
      name: "ServiceUnavailable",
      $metadata: { httpStatusCode: 503 },
    });
    expect(await faults({})).toEqual(WELL);
    await send();
  });

  it("throttled: every call is answered so", async () => {
    await faults({ throttled: true });
    await expect(send()).rejects.toThrow(refusal("Throttling", "Maximum sending rate exceeded."));
    await faults({});
  });

  it("slow: a call is looked at so much later", async () => {
    await faults({ slow: 300 });
    const began = performance.now();
    await send();
    expect(performance.now() - began).toBeGreaterThan(290);
    await faults({});
  });

  it("lose: the mail is taken, its answer isn't heard", async () => {
    await faults({ lose: 1 });
    const before = (await mails()).length;
    await expect(send()).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await mails()).length).toBe(before + 1);
    expect((await local.request("/_local/ses/faults")).json()).toEqual(WELL);
    await send();
  });

  it("are refused where the run doesn't know them", async () => {
    expect(JSON.stringify(await faults({ fire: true }))).toContain("fire");
  });
});
