/** What becomes of a mail after SES has taken it: it is delivered, unless its recipient behaves otherwise on purpose. */
import type { Clock } from "../clock.ts";
import type { Happening } from "./events.ts";
import type { Mail, Mailbox, Stage } from "./mailbox.ts";

/** What happens so many milliseconds after the mail was taken, and how far the mail is then. */
type Step = { after: number; happening: Happening; stage: Stage };

const HOUR_MS = 60 * 60 * 1000;
const DELIVERED: Step = { after: 0, happening: { type: "Delivery" }, stage: "delivered" };

/** Recipients at the domain of SES's mailbox simulator, by the part before `@` without its label (`+x`). */
const SIMULATOR = "simulator.amazonses.com";
const behaviours: Readonly<Record<string, readonly Step[]>> = {
  bounce: [{ after: 0, happening: { type: "Bounce" }, stage: "bounced" }],
  suppressionlist: [{ after: 0, happening: { type: "Bounce", suppressed: true }, stage: "bounced" }],
  complaint: [DELIVERED, { after: 0, happening: { type: "Complaint" }, stage: "complained" }],
  /** These two the simulator of SES doesn't have. */
  delay: [
    { after: 0, happening: { type: "DeliveryDelay" }, stage: "delayed" },
    { ...DELIVERED, after: HOUR_MS },
  ],
  reject: [{ after: 0, happening: { type: "Reject" }, stage: "rejected" }],
};

function stepsFor(recipient: string): readonly Step[] {
  const [local = "", domain] = recipient.toLowerCase().split("@");
  const behaviour = domain === SIMULATOR ? behaviours[local.replace(/\+.*$/, "")] : undefined;
  return behaviour ?? [DELIVERED];
}

/** Takes a mail on its way, from the stage where it stands; `tell` hears of everything that happens to it. */
export function deliver(
  mail: Mail,
  mailbox: Mailbox,
  clock: Clock,
  tell: (mail: Mail, recipient: string, happening: Happening) => void,
): void {
  for (const [recipient, stage] of Object.entries(mail.delivery)) {
    const steps = stepsFor(recipient);
    const next = steps.slice(steps.findIndex((step) => step.stage === stage) + 1);
    for (const step of next)
      clock.after(Date.parse(mail.at) + step.after - clock.now(), () => {
        mail.delivery[recipient] = step.stage;
        mailbox.update(mail);
        tell(mail, recipient, step.happening);
      });
  }
}
