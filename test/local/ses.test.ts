/** SES through the AWS SDK's own client: as strict as SES is, judged by IAM, and with its faults on purpose. */
import { type SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mini } from "./local-run.ts";
import { clientOf, SENDER, startMailer } from "./mailer.ts";
import { type Changes, change, refused, taken } from "./ses-cases.ts";

let local: Mini;
let client: SESClient;
beforeAll(async () => {
  local = await startMailer();
  client = await clientOf(local);
});
afterAll(() => local.remove());

const refusal = (name: string, message: string) =>
  expect.objectContaining({ name, message: expect.stringContaining(message) });
const send = (changes: Changes = {}) => client.send(change(changes));
const mails = async () => (await local.request("/_local/mail")).json() as { id: string }[];

describe("SES refuses", () => {
  it.each(refused)("%s", async (_, changes, expected) => {
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
    await expect(stranger.send(change({}))).rejects.toThrow(refusal("InvalidClientTokenId", "invalid"));
  });
});

describe("SES takes", () => {
  it.each(taken)("%s", async (_, changes) => {
    const { MessageId, $metadata } = await send(changes);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const [newest] = await mails();
    expect(newest?.id).toBe(MessageId);
    expect(MessageId).toMatch(/^0100[0-9a-f]{12}-[0-9a-f-]{36}-000000$/);
  });
});

describe("SES is judged by IAM", () => {
  const OTHERS = "Other <other@verified.example>";
  it.each<[string, Changes, string]>([
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
    await expect(bound.send(change(changes))).rejects.toThrow(refusal("AccessDenied", message));
  });

  it("and lets through what a policy allows", async () => {
    await (await clientOf(local, "Bound")).send(change({}));
    await (await clientOf(local, "Setless")).send(change({ ConfigurationSetName: undefined }));
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
