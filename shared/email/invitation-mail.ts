import type { Role } from "../domain/accesses.ts";
import { invitationHtml } from "./invitation-html.ts";
import type { Sentence, Words } from "./invitation-words.ts";
import { safeName } from "./safe-name.ts";

/** An email to a person who is invited, and which send of which invitation it is. */
export interface InvitationMail {
  readonly to: string;
  readonly businessId: string;
  readonly invitationId: string;
  readonly sendNo: number;
  /** An activation tells somebody who has been added where to sign in. */
  readonly kind: "invitation" | "reminder" | "activation";
  readonly businessName: string;
  readonly inviterName: string | null;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly token: string;
}

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Subjects have less room than the text: together with their own words they stay below 150. */
const longestInSubject = 48;

/** Renders an invitation or its reminder; the link comes from the deployment's `acceptUrl` and nothing else. */
export function renderInvitation(mail: InvitationMail, acceptUrl: string): Rendered {
  const reminds = mail.kind === "reminder";
  const subject = invites(mail, longestInSubject).map(textOf).join("");
  if (mail.kind === "activation") return renderActivation(mail, subject, acceptUrl);
  const words: Words = {
    heading: [...invites(mail), ` as an ${mail.role}.`],
    ends: `The invitation is open until ${dayAndMinute(mail.expiresAt)} UTC.`,
    ask: reminds ? "This is a reminder: the invitation still waits for your answer." : "",
    accept: "Open the invitation",
    personal: "The link is meant for you alone. To accept, sign in with the address that this email came to.",
    ignore: "If you didn't expect this email, ignore it: nothing happens, and the invitation ends by itself.",
    link: acceptUrl.replace("{token}", encodeURIComponent(mail.token)),
  };
  return {
    subject: reminds ? `Reminder: ${subject}` : subject,
    text: textPart(words),
    html: invitationHtml(words),
  };
}

/** The link leads to the front page of the app whose page for invitations `acceptUrl` is. */
function renderActivation(mail: InvitationMail, subject: string, acceptUrl: string): Rendered {
  const words: Words = {
    heading: [...invites(mail), ` as an ${mail.role}.`],
    ends: "Your account is ready.",
    ask: "",
    accept: "Sign in",
    personal: "Sign in with the address that this email came to.",
    ignore: "If you didn't expect this email, ignore it.",
    link: new URL("/", acceptUrl).href,
  };
  return { subject, text: textPart(words), html: invitationHtml(words) };
}

function invites({ businessName, inviterName, kind }: InvitationMail, longest?: number): Sentence {
  const business = { name: safeName(businessName, longest) || "a business" };
  const inviter = { name: safeName(inviterName ?? "", longest) };
  if (kind === "activation") {
    return inviter.name ? [inviter, " has added you to ", business] : ["You have been added to ", business];
  }
  return inviter.name ? [inviter, " invites you to join ", business] : ["You are invited to join ", business];
}

export const textOf = (part: Sentence[number]): string => (typeof part === "string" ? part : part.name);

/**
 * The day as people write it, and the minute, in UTC, such as `29 November 2026 at 14:05`: as Intl's `en-GB` has it,
 * whose first use costs a third of what Node.js takes to start.
 */
export function dayAndMinute(time: number): string {
  const at = new Date(time);
  const month = months.split(" ")[at.getUTCMonth()];
  return `${at.getUTCDate()} ${month} ${at.getUTCFullYear()} at ${at.toISOString().slice(11, 16)}`;
}

const months = "January February March April May June July August September October November December";

function textPart({ heading, ask, ends, accept, link, ignore, personal }: Words): string {
  const invitation = [heading.map(textOf).join(""), ask, ends].filter(Boolean).join("\n");
  return `${[invitation, `${accept}:\n${link}`, `${personal}\n${ignore}`].join("\n\n")}\n`;
}
