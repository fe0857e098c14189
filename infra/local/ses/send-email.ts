/** Reads a SendEmail call as strictly as SES does: what it refuses before it looks at who sends. */
import { z } from "zod";
import { AwsError } from "../aws-error.ts";
import { invalid, readAddress } from "./address.ts";

/** An empty list arrives as an empty text, which SES takes for an empty address. */
const List = z.union([z.array(z.string()), z.literal("").transform(() => [""])]).default([]);
const Content = z.object({ Data: z.string(), Charset: z.string().optional() });
const Tag = z.object({ Name: z.string().default(""), Value: z.string().default("") });
const SendEmail = z.object({
  Source: z.string(),
  Destination: z.object({ ToAddresses: List, CcAddresses: List, BccAddresses: List }),
  Message: z.object({
    Subject: Content,
    Body: z.object({ Text: Content.optional(), Html: Content.optional() }),
  }),
  ReplyToAddresses: List,
  ReturnPath: z.string().optional(),
  ConfigurationSetName: z.string().optional(),
  Tags: z.array(Tag).default([]),
});
type SendEmail = z.infer<typeof SendEmail>;

/** A mail as it was handed in, and who gets it. */
export type Draft = {
  from: string;
  /** The sender's bare address, and the recipients'. */
  sender: string;
  recipients: string[];
  to: string[];
  cc: string[];
  replyTo: string[];
  subject: string;
  text: string | null;
  html: string | null;
  configurationSet: string | undefined;
  tags: Record<string, string>;
};

const RECIPIENT_LIMIT = 50;
const SIZE_LIMIT = 10 * 1024 * 1024;
const TAG = /^[A-Za-z0-9_-]{1,255}$/;

export function readSendEmail(input: unknown): Draft {
  const { Source, Destination, Message, ReplyToAddresses, ReturnPath, ...rest } = parse(input);
  const { ToAddresses: to, CcAddresses: cc, BccAddresses: bcc } = Destination;
  const { Text, Html } = Message.Body;
  const sender = readAddress(Source);
  const everyone = [...to, ...cc, ...bcc];
  if (everyone.length > RECIPIENT_LIMIT) throw invalid(`Recipient count exceeds ${RECIPIENT_LIMIT}.`);
  const recipients = [...new Set(everyone.map(readAddress))];
  for (const address of [...ReplyToAddresses, ...(ReturnPath ? [ReturnPath] : [])]) readAddress(address);
  // A line break would begin a header of its own.
  if (/[\r\n\0]/.test(Message.Subject.Data)) throw invalid("Control character in the header 'Subject'.");
  const parts = [Message.Subject.Data, Text?.Data ?? "", Html?.Data ?? ""];
  const size = parts.reduce((total, part) => total + Buffer.byteLength(part), 0);
  if (size > SIZE_LIMIT) throw invalid(`Message length is more than ${SIZE_LIMIT} bytes long: '${size}'.`);
  return {
    from: Source,
    ...{ sender, recipients, to, cc },
    replyTo: ReplyToAddresses,
    subject: Message.Subject.Data,
    text: Text?.Data ?? null,
    html: Html?.Data ?? null,
    configurationSet: rest.ConfigurationSetName,
    tags: readTags(rest.Tags),
  };
}

function readTags(tags: SendEmail["Tags"]): Record<string, string> {
  for (const { Name, Value } of tags) {
    const allowed = "only alphanumeric ASCII characters, '_', and '-' are allowed";
    if (!TAG.test(Name)) throw invalid(`Invalid tag name <${Name}>: ${allowed}.`);
    if (Name.startsWith("ses:")) throw invalid(`Invalid tag name <${Name}>: it is reserved.`);
    if (!TAG.test(Value)) throw invalid(`Invalid tag value <${Value}>: ${allowed}.`);
  }
  return Object.fromEntries(tags.map(({ Name, Value }) => [Name, Value]));
}

/** Throws, as SES does, one error that names all that is missing: `message.body` for instance. */
function parse(input: unknown): SendEmail {
  const parsed = SendEmail.safeParse(input);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map(({ path }) => path.map(camelCase).join("."));
  const detected = `${paths.length} validation error${paths.length === 1 ? "" : "s"} detected: `;
  const each = paths.map(
    (path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
  throw new AwsError("ValidationError", detected + each.join("; "));
}

const camelCase = (name: PropertyKey) => String(name).replace(/^[A-Z]/, (first) => first.toLowerCase());
