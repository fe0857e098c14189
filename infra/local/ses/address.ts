/** Addresses of mail, as strictly as SES reads them: what it refuses, in its own words (those of JavaMail). */
import { AwsError } from "../aws-error.ts";

/** In the order in which they are looked for; each is of the local part, the domain, or the whole. */
const rules: [of: "local" | "domain" | "whole", wrong: RegExp, message: string][] = [
  ["whole", /^[^@]*$/, "Missing final '@domain'"],
  ["local", /^$/, "Missing local name"],
  ["local", /^\./, "Local address starts with dot"],
  ["local", /\.\./, "Local address contains dot-dot"],
  ["local", /[\s\p{Cc}]/u, "Local address contains control or whitespace"],
  ["local", /[()<>@,;:\\"[\]]/, "Local address contains illegal character"],
  ["local", /[^\p{ASCII}]/u, "Local address contains non-ASCII characters"],
  ["local", /\.$/, "Local address ends with dot"],
  ["domain", /^$/, "Missing final '@domain'"],
  ["domain", /^\./, "Domain starts with dot"],
  ["domain", /[\s\p{Cc}]/u, "Domain contains control or whitespace"],
  ["domain", /[^A-Za-z0-9.-]/, "Domain contains illegal character"],
  ["domain", /\.\./, "Domain contains dot-dot"],
  ["domain", /\.$/, "Domain ends with dot"],
  ["local", /^.{65}/, "Local address is too long"],
  ["whole", /^.{321}/, "Illegal address"],
];

/** `Name <address>`, the name bare, quoted or as an encoded word. */
const NAMED = /^(?<name>[^<>@,;:\p{Cc}]*|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*")\s*<(?<address>[^<>]*)>$/u;

/** The bare address in `text`, its domain in lower case. */
export function readAddress(text: string): string {
  const address = NAMED.exec(text)?.groups?.address ?? text;
  const at = address.lastIndexOf("@");
  const parts = { whole: address, local: address.slice(0, at), domain: address.slice(at + 1) };
  if (/[^\p{ASCII}]/u.test(text)) throw invalid("Illegal address");
  for (const [of, wrong, message] of rules) if (wrong.test(parts[of])) throw invalid(message);
  return `${parts.local}@${parts.domain.toLowerCase()}`;
}

export const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
