/** What SES tells of a mail through EventBridge: the detail of its events, by type. */
import type { Said } from "../event-bus.ts";
import type { Stack } from "../template.ts";
import type { Mail } from "./mailbox.ts";

export type EventType = "Send" | "Delivery" | "Bounce" | "Complaint" | "Reject" | "DeliveryDelay";
/** Something that has happened to a mail on its way to a recipient. */
export type Happening = { type: EventType; suppressed?: boolean };

const MTA = "dsn; local.tenantry";
const HOUR_MS = 60 * 60 * 1000;

type Detail = (at: Date, recipient: string, mail: Mail, happening: Happening) => Record<string, unknown>;
type Kind = { detailType: string; key: string; detail: Detail };

export const kinds: Record<EventType, Kind> = {
  Send: { detailType: "Email Sent", key: "send", detail: () => ({}) },
  Delivery: {
    detailType: "Email Delivered",
    key: "delivery",
    detail: (at, recipient, mail) => ({
      timestamp: at.toISOString(),
      processingTimeMillis: at.getTime() - Date.parse(mail.at),
      recipients: [recipient],
      smtpResponse: "250 2.6.0 Message received",
      reportingMTA: MTA,
    }),
  },
  Bounce: {
    detailType: "Email Bounced",
    key: "bounce",
    detail: (at, emailAddress, mail, { suppressed }) => ({
      feedbackId: mail.id,
      bounceType: "Permanent",
      bounceSubType: suppressed ? "Suppressed" : "General",
      bouncedRecipients: [
        {
          emailAddress,
          action: "failed",
          status: "5.1.1",
          diagnosticCode: suppressed
            ? "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address."
            : "smtp; 550 5.1.1 user unknown",
        },
      ],
      timestamp: at.toISOString(),
      ...(!suppressed && { reportingMTA: MTA }),
    }),
  },
  Complaint: {
    detailType: "Email Complaint Received",
    key: "complaint",
    detail: (at, emailAddress, mail) => ({
      feedbackId: mail.id,
      complaintSubType: null,
      complainedRecipients: [{ emailAddress }],
      timestamp: at.toISOString(),
      userAgent: "Amazon SES Mailbox Simulator",
      complaintFeedbackType: "abuse",
      arrivalDate: at.toISOString(),
    }),
  },
  Reject: { detailType: "Email Rejected", key: "reject", detail: () => ({ reason: "Bad content" }) },
  DeliveryDelay: {
    detailType: "Email Delivery Delayed",
    key: "deliveryDelay",
    detail: (at, emailAddress) => ({
      delayType: "TransientCommunicationFailure",
      timestamp: at.toISOString(),
      expirationTime: new Date(at.getTime() + 14 * HOUR_MS).toISOString(),
      reportingMTA: MTA,
      delayedRecipients: [
        { emailAddress, status: "4.4.1", diagnosticCode: "smtp; 421 4.4.1 Unable to connect to remote host" },
      ],
    }),
  },
};

/** What the event says on the bus. */
export function emailEvent(
  { region, account }: Pick<Stack, "region" | "account">,
  mail: Mail,
  recipient: string,
  happening: Happening,
  at: Date,
): Said {
  const arn = (resource: string) => `arn:aws:ses:${region}:${account}:${resource}`;
  const { detailType, key, detail } = kinds[happening.type];
  const { id, configurationSet = "" } = mail;
  const sender = mail.from.replace(/^.*<|>$/g, "");
  return {
    source: "aws.ses",
    "detail-type": detailType,
    resources: [arn(`configuration-set/${configurationSet}`)],
    detail: {
      eventType: happening.type,
      mail: {
        timestamp: mail.at,
        source: mail.from,
        sourceArn: arn(`identity/${sender}`),
        sendingAccountId: account,
        messageId: id,
        destination: [...mail.to, ...mail.cc],
        headersTruncated: false,
        headers: mail.headers,
        commonHeaders: { from: [mail.from], to: mail.to, messageId: id, subject: mail.subject },
        tags: {
          "ses:configuration-set": [configurationSet],
          "ses:source-ip": ["127.0.0.1"],
          "ses:from-domain": [sender.split("@").at(-1) ?? ""],
          "ses:caller-identity": [mail.caller],
          ...Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
        },
      },
      [key]: detail(at, recipient, mail, happening),
    },
  };
}
