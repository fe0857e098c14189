/**
 * Email rules: NFC, trimmed, one "@", no spaces, control characters or lists, at most 254 bytes, the domain
 * lower-cased to ASCII (punycode). Addresses are compared by `key` and mailed as `address`.
 */
export interface Email {
  /** The form for mailing: the local part as it was given. */
  readonly address: string;
  /** The form for comparing: the local part in lower case. */
  readonly key: string;
}

const local = /^[^\s\p{C}@,;:<>()[\]\\"]{1,64}$/u;
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const reserved = /[\s\p{C}/?#%:@[\]\\,;<>()"']/u;
const maximumBytes = 254;

/** Reads an email address; undefined where the input is none that mail could be sent to. */
export function readEmail(input: string): Email | undefined {
  const text = input.trim().normalize("NFC");
  const parts = text.split("@");
  const [name, host] = parts;
  if (parts.length !== 2 || !name || !host || !local.test(name)) return undefined;
  if (name.startsWith(".") || name.endsWith(".") || name.includes("..")) return undefined;
  const domain = readDomain(host);
  if (!domain) return undefined;
  const address = `${name}@${domain}`;
  if (new TextEncoder().encode(address).length > maximumBytes) return undefined;
  return { address, key: `${name.toLowerCase().normalize("NFC")}@${domain}` };
}

/** The URL parser applies IDNA; it also reads numbers as IPv4 addresses, which the last label rules out. */
function readDomain(host: string): string | undefined {
  if (reserved.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  const ascii = new URL(`http://${host}`).hostname.replace(/\.$/, "");
  const labels = ascii.split(".");
  if (labels.length < 2 || !labels.every((part) => label.test(part))) return undefined;
  return /^\d+$/.test(labels.at(-1) ?? "") ? undefined : ascii;
}

/** Whether SES would take a mail to an address: it knows no local parts beyond ASCII. */
export function isMailable({ address }: Email): boolean {
  return /^[\x21-\x7e]+$/.test(address);
}
