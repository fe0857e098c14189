/** What becomes of a mail: its way through the simulator's addresses, its events on the bus, and the mailbox. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openMailbox } from "../../infra/local/ses/mailbox.ts";
import { openState } from "../../infra/local/state.ts";
import { temporaryFolder } from "./assembly.ts";
import type { Mini } from "./local-run.ts";
import { clientFor, clientOf, mail, SENDER, startMailer } from "./mailer.ts";

let local: Mini;
beforeEach(async () => {
  local = await startMailer();
});
afterEach(() => local.remove());

type Kept = Record<string, unknown> & { id: string; delivery: Record<string, string> };
const mails = async (query = "") => (await local.request(`/_local/mail${query}`)).json() as Kept[];
const events = async () =>
  ((await local.request("/_local/events")).json() as { bus: string; event: any }[]).map(({ bus, event }) => ({
    bus,
    ...event,
  }));
const send = async (to: string | string[], changes = {}) =>
  (await clientOf(local)).send(mail(to, changes)).then(({ MessageId }) => MessageId);
const types = async () => (await events()).map((event) => event["detail-type"]);

describe("a mail", () => {
  it("is delivered, and its events say so in EventBridge's form", async () => {
    const id = await send("Bob <Bob@Example.com>");
    await vi.waitFor(async () => expect(await types()).toEqual(["Email Sent", "Email Delivered"]));
    const [, delivered] = await events();
    const text = expect.any(String);
    expect(delivered).toEqual({
      bus: "default",
      version: "0",
      id: text,
      "detail-type": "Email Delivered",
      source: "aws.ses",
      account: "000000000000",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: "us-east-1",
      resources: ["arn:aws:ses:us-east-1:000000000000:configuration-set/Invitations"],
      detail: {
        eventType: "Delivery",
        mail: {
          timestamp: text,
          source: `Tenantry <${SENDER}>`,
          sourceArn: `arn:aws:ses:us-east-1:000000000000:identity/${SENDER}`,
          sendingAccountId: "000000000000",
          messageId: id,
          destination: ["Bob <Bob@Example.com>"],
          headersTruncated: false,
          headers: expect.arrayContaining([{ name: "To", value: "Bob <Bob@Example.com>" }]),
          commonHeaders: {
            from: [`Tenantry <${SENDER}>`],
            to: ["Bob <Bob@Example.com>"],
            messageId: id,
            subject: "Olive Oil Ltd invites you",
          },
          tags: {
            "ses:configuration-set": ["Invitations"],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": ["tenantry.local"],
            "ses:caller-identity": [expect.stringContaining("assumed-role/Mini-MailerRole")],
            invitationId: ["inv_1"],
          },
        },
        delivery: {
          timestamp: text,
          processingTimeMillis: expect.any(Number),
          recipients: ["Bob@example.com"],
          smtpResponse: text,
          reportingMTA: text,
        },
      },
    });
  });

  const bounced = (bounceSubType: string) => ({ bounce: { bounceType: "Permanent", bounceSubType } });
  it.each([
    ["success", "delivered", ["Email Delivered"], { eventType: "Delivery" }],
    ["ooto", "delivered", ["Email Delivered"], { eventType: "Delivery" }],
    ["bounce", "bounced", ["Email Bounced"], { eventType: "Bounce", ...bounced("General") }],
    ["Bounce+label", "bounced", ["Email Bounced"], { eventType: "Bounce", ...bounced("General") }],
    ["suppressionlist", "bounced", ["Email Bounced"], { eventType: "Bounce", ...bounced("Suppressed") }],
    [
      "complaint+1",
      "complained",
      ["Email Delivered", "Email Complaint Received"],
      { eventType: "Complaint" },
    ],
    ["reject", "rejected", ["Email Rejected"], { eventType: "Reject", reject: { reason: "Bad content" } }],
  ])("to %s@simulator.amazonses.com is %s", async (name, stage, told, detail) => {
    const address = `${name}@simulator.amazonses.com`;
    await send(address);
    await vi.waitFor(async () => expect(await types()).toEqual(["Email Sent", ...told]));
    expect((await events()).at(-1).detail).toMatchObject(detail);
    expect((await mails())[0]?.delivery).toEqual({ [address]: stage });
  });

  it("to delay@simulator.amazonses.com is delayed, and delivered when the clock moves an hour", async () => {
    const address = "delay@simulator.amazonses.com";
    await send(address);
    await vi.waitFor(async () => expect(await types()).toEqual(["Email Sent", "Email Delivery Delayed"]));
    expect((await mails())[0]?.delivery).toEqual({ [address]: "delayed" });
    local.clock.advance("PT1H");
    await vi.waitFor(async () => expect((await types()).at(-1)).toBe("Email Delivered"));
    expect((await mails())[0]?.delivery).toEqual({ [address]: "delivered" });
  });

  it("to several goes its own way to each", async () => {
    await send(["a@example.com", "bounce@simulator.amazonses.com"]);
    await vi.waitFor(async () =>
      expect((await mails())[0]?.delivery).toEqual({
        "a@example.com": "delivered",
        "bounce@simulator.amazonses.com": "bounced",
      }),
    );
  });

  it("without the configuration set is delivered, and nobody hears of it", async () => {
    await send("a@example.com", { ConfigurationSetName: undefined });
    await vi.waitFor(async () =>
      expect((await mails())[0]?.delivery).toEqual({ "a@example.com": "delivered" }),
    );
    expect(await types()).toEqual([]);
  });
});

it("only the events that the destination wants are told, to the rules that match them", async () => {
  const own = await startMailer({
    types: ["BOUNCE", "open"],
    more({ Resources }) {
      const pattern = { source: ["aws.ses"], "detail-type": ["Email Bounced"] };
      const Targets = [{ Id: "1", Arn: { "Fn::GetAtt": ["Stranger", "Arn"] } }];
      Resources.Rule = { Type: "AWS::Events::Rule", Properties: { EventPattern: pattern, Targets } };
      Resources.Permission = {
        Type: "AWS::Lambda::Permission",
        Properties: { Principal: "events.amazonaws.com", FunctionName: { Ref: "Stranger" } },
      };
    },
  });
  const client = await clientOf(own);
  await client.send(mail("a@example.com"));
  await client.send(mail("bounce@simulator.amazonses.com"));
  await vi.waitFor(async () => {
    const seen = (await own.request("/_local/events")).json() as { rules: string[]; event: any }[];
    expect(seen.map(({ rules, event }) => [event["detail-type"], rules])).toEqual([
      ["Email Bounced", ["Mini-Rule"]],
    ]);
  });
  await own.remove();
});

it.each([
  ["another destination", { MatchingEventTypes: ["bounce"], SnsDestination: {} }, "SnsDestination"],
  ["an unknown type of event", { MatchingEventTypes: ["eaten"] }, "eaten"],
])("a template with %s for SES's events doesn't start", async (_, change, name) => {
  const EventBusArn = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  const EventDestination = { EventBridgeDestination: { EventBusArn }, ...change };
  const starting = startMailer({
    more: ({ Resources }) => {
      Object.assign(Resources.Events?.Properties ?? {}, { EventDestination });
    },
  });
  await expect(starting).rejects.toThrow(name);
});

describe("the mailbox", () => {
  it("shows mails as they were sent, the newest first, and those of one recipient in any form", async () => {
    const first = await send("Jane@Example.com");
    const second = await send("john@example.com", { ReplyToAddresses: ["help@example.com"] });
    expect((await mails()).map(({ id }) => id)).toEqual([second, first]);
    expect((await mails(`?to=${encodeURIComponent("JANE@EXAMPLE.COM")}`)).map(({ id }) => id)).toEqual([
      first,
    ]);
    expect(await mails("?to=nobody@example.com")).toEqual([]);
    const [newest] = await mails();
    expect(newest).toMatchObject({
      from: `Tenantry <${SENDER}>`,
      to: ["john@example.com"],
      subject: "Olive Oil Ltd invites you",
      text: "Come & see <us>",
      html: "<p>Come &amp; <b>see</b></p>",
      tags: { invitationId: "inv_1" },
      configurationSet: "Invitations",
      caller: expect.stringContaining("Mini-MailerRole"),
    });
    const headers = newest?.headers as { name: string; value: string }[];
    expect(headers.map(({ name }) => name)).toEqual(
      "Date,From,Reply-To,To,Message-ID,Subject,MIME-Version,Content-Type".split(","),
    );
  });

  it("survives a restart, and mail on its way arrives then", async () => {
    await send("delay@simulator.amazonses.com");
    await vi.waitFor(async () => expect((await types()).length).toBe(2));
    const before = await mails();
    await local.stop();
    const again = await startMailer({}, { stateDir: local.stateDir });
    expect((await again.request("/_local/mail")).json()).toEqual(before);
    again.clock.advance("PT1H");
    await vi.waitFor(async () => {
      const [mail] = (await again.request("/_local/mail")).json() as Kept[];
      expect(mail?.delivery).toEqual({ "delay@simulator.amazonses.com": "delivered" });
    });
    await again.remove();
  });

  it("of a run that was killed has every mail that SES took, and each goes on its way", async () => {
    await local.stop();
    const assembly = join(local.stateDir, "../cdk.out");
    const child = spawn(process.execPath, [join(import.meta.dirname, "child.ts"), assembly, local.stateDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(child.stdout), "line");
    const environment = await (await fetch(`${JSON.parse(line).url}/environment`)).json();
    const client = clientFor(environment as never);
    const acknowledged: string[] = [];
    const sending = (async () => {
      for (;;) {
        const { MessageId = "" } = await client.send(mail("a@example.com"));
        if (acknowledged.push(MessageId) === 20) child.kill("SIGKILL");
      }
    })();
    await expect(sending).rejects.toThrow();
    const again = await startMailer({}, { stateDir: local.stateDir });
    await vi.waitFor(async () => {
      const kept = (await again.request("/_local/mail")).json() as Kept[];
      expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
      for (const { delivery } of kept) expect(delivery).toEqual({ "a@example.com": "delivered" });
    });
    await again.remove();
  });

  it("keeps the newest thousand, and reads past a file that it can't", () => {
    const folder = temporaryFolder();
    const state = openState(folder.path);
    const mailbox = openMailbox(state);
    const number = (n: number) => String(n).padStart(6, "0");
    for (let n = 0; n < 1_002; n++)
      mailbox.keep({
        ...{
          id: number(n),
          at: "",
          from: "",
          to: [],
          cc: [],
          subject: "",
          text: "",
          html: null,
          headers: [],
        },
        ...{ tags: {}, delivery: {}, caller: "" },
      });
    writeFileSync(state.path("data/mail", "half.json"), "{");
    const ids = openMailbox(state)
      .list()
      .map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([1_000, number(1_001), number(2)]);
    folder.remove();
  });
});
