/** Takes mail and sees to its delivery, whatever template is running; what a killed run left on its way goes on. */
import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { State } from "../state.ts";
import { deliver } from "./delivery.ts";
import type { Happening } from "./events.ts";
import { type Mail, openMailbox } from "./mailbox.ts";
import type { Draft } from "./send-email.ts";

export type PostOffice = ReturnType<typeof openPostOffice>;

/** `tell` hears of everything that happens to a mail. */
export function openPostOffice(
  state: State,
  clock: Clock,
  tell: (mail: Mail, recipient: string, happening: Happening) => void,
) {
  const mailbox = openMailbox(state);
  let last = 0;
  return {
    mailbox,
    /** Answers the mail's id: SES's begin with the time, so that they sort by it. */
    take({ from, to, cc, subject, text, html, ...draft }: Draft, caller: string): string {
      last = Math.max(last + 1, clock.now());
      const id = `0100${last.toString(16).padStart(12, "0")}-${randomUUID()}-000000`;
      const at = new Date(last).toISOString();
      const { recipients, replyTo, tags, configurationSet } = draft;
      const mail: Mail = {
        ...{ id, at, from, to, cc, subject, text, html, tags, caller },
        headers: headersOf({ from, to, cc, subject, text, html, replyTo }, id, at),
        ...(configurationSet && { configurationSet }),
        delivery: Object.fromEntries(recipients.map((recipient) => [recipient, "sent"])),
      };
      mailbox.keep(mail);
      for (const recipient of recipients) tell(mail, recipient, { type: "Send" });
      deliver(mail, mailbox, clock, tell);
      return id;
    },
    /** Goes on with what the last run left on its way. */
    resume() {
      for (const mail of mailbox.list()) deliver(mail, mailbox, clock, tell);
    },
  };
}

type Written = Pick<Draft, "from" | "to" | "cc" | "subject" | "text" | "html" | "replyTo">;

function headersOf({ from, to, cc, subject, text, html, replyTo }: Written, id: string, at: string) {
  const boundary = `----=_Part_${randomBytes(6).toString("hex")}`;
  const type = text === null ? "text/html; charset=UTF-8" : "text/plain; charset=UTF-8";
  const both = text !== null && html !== null;
  const headers: [name: string, value: string][] = [
    ["Date", new Date(at).toUTCString().replace("GMT", "+0000")],
    ["From", from],
    ["Reply-To", replyTo.join(", ")],
    ["To", to.join(", ")],
    ["Cc", cc.join(", ")],
    ["Message-ID", `<${id}@email.amazonses.com>`],
    ["Subject", subject],
    ["MIME-Version", "1.0"],
    ["Content-Type", both ? `multipart/alternative; boundary="${boundary}"` : type],
  ];
  return headers.filter(([, value]) => value !== "").map(([name, value]) => ({ name, value }));
}
