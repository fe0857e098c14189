/** Reads the entries of a PutEvents call as strictly as EventBridge does: what it refuses, an entry at a time. */
import { z } from "zod";
import { AwsError } from "./aws-error.ts";
import type { Call } from "./iam.ts";
import type { Stack } from "./template.ts";

const Entry = z.object({
  EventBusName: z.string().default("default"),
  Source: z.string().default(""),
  DetailType: z.string().default(""),
  Detail: z.string().default(""),
  Resources: z.array(z.string()).optional(),
  Time: z.number().optional(),
});
type Entry = z.infer<typeof Entry>;
type EntryError = { ErrorCode: string; ErrorMessage: string };
type Read = { bus: string; entry: Entry; call: Call; error: EntryError | undefined };

const CALL_LIMIT = 10;
const SIZE_LIMIT = 256 * 1024;

export function readEntries(input: unknown, stack: Stack, buses: ReadonlySet<string>): Read[] {
  const parsed = z.object({ Entries: z.array(Entry).min(1).max(CALL_LIMIT) }).safeParse(input);
  if (!parsed.success) throw new AwsError("ValidationException", z.prettifyError(parsed.error));
  const { Entries } = parsed.data;
  const size = Entries.reduce((total, entry) => total + sizeOf(entry), 0);
  if (size > SIZE_LIMIT)
    throw new AwsError(
      "ValidationException",
      `Total size of the entries in the request is over the limit: ${size}`,
    );
  return Entries.map((entry) => {
    const bus = entry.EventBusName.split("event-bus/").at(-1) ?? "";
    const call: Call = {
      action: "events:PutEvents",
      resource: `arn:aws:events:${stack.region}:${stack.account}:event-bus/${bus}`,
      context: { "events:source": [entry.Source], "events:detail-type": [entry.DetailType] },
    };
    return { bus, entry, call, error: errorOf(entry, buses.has(bus)) };
  });
}

function errorOf(
  { Source, DetailType, Detail, EventBusName }: Entry,
  busExists: boolean,
): EntryError | undefined {
  const required = Object.entries({ Source, DetailType, Detail }).find(([, value]) => value === "");
  if (required) {
    const [name] = required;
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    return { ErrorCode: "InvalidArgument", ErrorMessage };
  }
  if (Source.startsWith("aws."))
    return {
      ErrorCode: "NotAuthorizedForSourceException",
      ErrorMessage: `Not authorized for the source ${Source}.`,
    };
  if (!isObject(Detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  if (!busExists)
    return {
      ErrorCode: "ResourceNotFoundException",
      ErrorMessage: `Event bus ${EventBusName} does not exist.`,
    };
  return undefined;
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** As EventBridge counts it: 14 bytes for the time, then every text in UTF-8. */
function sizeOf({ Source, DetailType, Detail, Resources = [], Time }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((total, text) => total + Buffer.byteLength(text), Time === undefined ? 0 : 14);
}
