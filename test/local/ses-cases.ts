/** Calls of SES: those that it refuses, with its own words, and those that it takes. */
import type { SendEmailCommandInput } from "@aws-sdk/client-ses";
import { mail } from "./mailer.ts";

/** A mail that SES takes, but for this. */
export type Changes = Partial<SendEmailCommandInput> & { to?: string | string[] };
export const change = ({ to = "someone@example.com", ...changes }: Changes) => mail(to, changes);

const text = (Data: string, subject?: string) => ({
  Message: { Subject: { Data: subject ?? "Hello" }, Body: { Text: { Data } } },
});
const tag = (Name: string, Value = "x") => ({ Tags: [{ Name, Value }] });
const many = (count: number) => Array.from({ length: count }, (_, n) => `person-${n}@example.com`);
const unverified =
  "Email address is not verified. The following identities failed the check in region US-EAST-1:";
const bodiless: Changes = { Message: { Subject: { Data: "Hello" }, Body: {} } };
const subjectless: Changes = { Message: { Subject: undefined, Body: { Text: { Data: "x" } } } };
const nothing: Changes = { Source: undefined, Message: undefined };

/** What it is, how it differs, and the code and the beginning of the message that it is refused with. */
// biome-ignore format: a row each
export const refused: [what: string, changes: Changes, error: string][] = [
  ["an unverified sender", { Source: "Me <me@example.com>" }, `MessageRejected: ${unverified} me@example.com`],
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
];

export const taken: [what: string, changes: Changes][] = [
  ["50 recipients", { to: many(50) }],
  ["a name beside an address", { to: '"Bond, James" <bond@example.com>' }],
  ["an encoded name", { to: "=?UTF-8?B?SsO8cmdlbg==?= <j@example.com>" }],
  ["a sender of a verified domain", { Source: "Anyone@Verified.Example" }],
  ["a sender of a domain below one", { Source: "anyone@mail.verified.example" }],
  ["a mail with text only", text("x")],
  ["a mail without set and tags", { ConfigurationSetName: undefined, Tags: undefined }],
];
