import * as z from "zod/mini";
import { isId } from "../../shared/domain/ids.ts";
import { job } from "../../shared/endpoint/job.ts";
import { lambda } from "../../shared/endpoint/job-lambda.ts";
import { lazily, type Of } from "../../shared/endpoint/wire/lazily.ts";
import { recordFact } from "../../shared/table/mail-facts.ts";

/** What SES reports of a mail, as far as it matters here. Each tag is a list of values. */
const Report = lazily(() =>
  z.object({
    eventType: z.string(),
    mail: z.object({ tags: z.optional(z.record(z.string(), z.array(z.string()))) }),
    bounce: z.optional(z.object({ bounceType: z.string() })),
  }),
);

/** Records what became of a mail: delivered, or bounced for good, rejected or complained of, which fails its invitation. */
export const recordDelivery = job(
  {
    events: {
      source: ["aws.ses"],
      detailType: ["Email Delivered", "Email Bounced", "Email Complaint Received", "Email Rejected"],
    },
    uses: { recordFact },
  },
  async ({ event, uses }) => {
    const report = z.safeParse(Report(), event.detail).data;
    const fact = report && factOf(report);
    const mail = report && mailOf(report.mail.tags ?? {});
    if (fact && mail) await uses.recordFact(mail, fact);
    return undefined;
  },
);

/** Only a bounce for good says that the mail won't arrive: for others SES tries again. */
function factOf({ eventType, bounce }: Of<typeof Report>) {
  if (eventType === "Delivery") return { delivered: true } as const;
  if (eventType === "Bounce" && bounce?.bounceType !== "Permanent") return undefined;
  const undeliverable = reasons[eventType];
  return undeliverable === undefined ? undefined : { undeliverable };
}

const reasons: Readonly<Record<string, string>> = {
  Bounce: "The address does not exist, or does not take emails.",
  Complaint: "The person has marked the email as spam.",
  Reject: "The email service rejected the email.",
};

/** Which mail it was, by the tags that it was sent with; undefined for mails that are not of an invitation. */
function mailOf(tags: Readonly<Record<string, readonly string[]>>) {
  const [businessId = "", invitationId = "", sendNo = ""] = [
    tags.businessId?.[0],
    tags.invitationId?.[0],
    tags.sendNo?.[0],
  ];
  const isInvitation = isId("inv", invitationId) || isId("act", invitationId);
  const isOurs = isId("biz", businessId) && isInvitation && /^\d+$/.test(sendNo);
  return isOurs ? { businessId, invitationId, sendNo: Number(sendNo) } : undefined;
}

export const handler = lambda(recordDelivery);
