import type { Context, Operation } from "../operation.ts";
import { type InvitationMail, renderInvitation } from "./invitation-mail.ts";

/** Whether SES took an email. Where it didn't, or nobody knows, `reason` is a sentence for people. */
export type Sent =
  | { readonly sent: true }
  | {
      readonly sent: false;
      readonly reason: string;
      /** Whether it was not taken for now only, which is no failed try. */
      readonly throttled: boolean;
      /** Whether nobody knows if it was taken. */
      readonly unanswered: boolean;
      /** Whether no email will go out until an operator sees to it. */
      readonly isSetup: boolean;
      /** The name of the error, for the log. */
      readonly error: string;
    };

export type { InvitationMail };

/** How long SES may take, in milliseconds; with less than the second, nothing is begun. */
const longest = 5_000;
const shortest = 250;

/** Sends an invitation, or a reminder of it, once; what SES or the network answers never makes it fail. */
export const sendInvitation = {
  name: "sendInvitation",
  needs: [{ actions: ["ses:SendEmail"], resource: "email" }],
  async run(context: Context, mail: InvitationMail): Promise<Sent> {
    const patience = Math.min(longest, context.timeLeft());
    if (patience < shortest) return notNow;
    const { ACCEPT_URL = "", EMAIL_SENDER, EMAIL_CONFIGURATION_SET } = process.env;
    const { subject, text, html } = renderInvitation(mail, ACCEPT_URL);
    const { SendEmailCommand, ses } = await import("./ses.ts");
    const content = (Data: string) => ({ Data, Charset: "UTF-8" });
    const command = new SendEmailCommand({
      Source: EMAIL_SENDER,
      Destination: { ToAddresses: [mail.to] },
      Message: { Subject: content(subject), Body: { Text: content(text), Html: content(html) } },
      ConfigurationSetName: EMAIL_CONFIGURATION_SET,
      Tags: [
        { Name: "businessId", Value: mail.businessId },
        { Name: "invitationId", Value: mail.invitationId },
        { Name: "sendNo", Value: String(mail.sendNo) },
      ],
    });
    try {
      await (context.email ?? ses()).send(command, { abortSignal: AbortSignal.timeout(patience) });
      return { sent: true };
    } catch (error) {
      return { sent: false, ...explain(error as SesError) };
    }
  },
} satisfies Operation;

type SesError = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** Ours, not SES's, which may name accounts, resources and addresses. */
const reasons = {
  NoTimeLeft: "There was no time left to send the email.",
  NoAnswer: "The email service did not answer.",
  Address: "The email service does not accept this address.",
  Rejected: "The email service rejected the email.",
  Busy: "The email service takes no more emails for now.",
  Setup: "The email service is not set up to send: the operator of this service must see to it.",
  Failed: "The email service failed.",
} as const;

/** By the name of SES's error, and those of every AWS service. */
const reasonsByError: Readonly<Record<string, keyof typeof reasons>> = {
  InvalidParameterValue: "Address",
  MessageRejected: "Rejected",
  Throttling: "Busy",
  ThrottlingException: "Busy",
  LimitExceededException: "Busy",
  AccessDenied: "Setup",
  AccessDeniedException: "Setup",
  AccountSendingPausedException: "Setup",
  ConfigurationSetDoesNotExistException: "Setup",
  ConfigurationSetSendingPausedException: "Setup",
  MailFromDomainNotVerifiedException: "Setup",
};

const notNow = {
  sent: false,
  reason: reasons.NoTimeLeft,
  throttled: true,
  unanswered: false,
  isSetup: false,
  error: "NoTimeLeft",
} as const;

function explain({ name, $metadata }: SesError) {
  const { httpStatusCode: status = 200 } = $metadata ?? {};
  const unknown = status < 300 ? "NoAnswer" : "Failed"; // or an answer that broke off
  const reason = reasonsByError[name] ?? unknown;
  return {
    reason: reasons[reason],
    throttled: reason === "Busy",
    unanswered: reason === "NoAnswer",
    isSetup: reason === "Setup",
    error: name,
  };
}
