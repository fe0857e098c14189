/** SES as the template has it: who may send, with which configuration sets, and where their events go. */
import { z } from "zod";
import type { Cloud } from "../aws.ts";
import { AwsError } from "../aws-error.ts";
import type { Said } from "../event-bus.ts";
import type { Resource, Stack } from "../template.ts";
import { readAddress } from "./address.ts";
import { type EventType, emailEvent, type Happening, kinds } from "./events.ts";
import type { FaultSwitch } from "./faults.ts";
import type { Mail } from "./mailbox.ts";
import type { PostOffice } from "./post-office.ts";
import { readSendEmail } from "./send-email.ts";

const Identity = z.object({ EmailIdentity: z.string() });
const ConfigurationSet = z.object({
  SendingOptions: z.object({ SendingEnabled: z.boolean().default(true) }).optional(),
});
const Destination = z.object({
  ConfigurationSetName: z.string(),
  EventDestination: z.strictObject({
    Name: z.string().optional(),
    Enabled: z.boolean().default(true),
    MatchingEventTypes: z.array(z.string()),
    EventBridgeDestination: z.strictObject(
      { EventBusArn: z.string().endsWith(":event-bus/default", "SES knows the default bus only") },
      { error: "the local run knows no destination of SES's events but EventBridge" },
    ),
  }),
});
type Destination = z.infer<typeof Destination>["EventDestination"];

export type SesHost = {
  post: PostOffice;
  faults: FaultSwitch;
  now(): number;
  put(bus: string, said: Said): void;
};

export function sesOf(stack: Stack, functions: { env: Record<string, string> }[], host: SesHost) {
  const arn = (resource: string) => `arn:aws:ses:${stack.region}:${stack.account}:${resource}`;
  const identities = readIdentities(stack, functions);
  const sets = new Map(
    stack.ofType("AWS::SES::ConfigurationSet").map((set) => [set.name, parse(ConfigurationSet, set)]),
  );
  const destinations = stack.ofType("AWS::SES::ConfigurationSetEventDestination").map((resource) => {
    const { ConfigurationSetName, EventDestination } = parse(Destination, resource);
    return { set: ConfigurationSetName, types: typesOf(resource, EventDestination) };
  });

  const service: Cloud["services"][string] = {
    SendEmail: (input, authorize, caller) =>
      host.faults.around(() => {
        const draft = readSendEmail(input);
        const { sender, configurationSet } = draft;
        const identity = identitiesOf(sender).find((name) => identities.has(name));
        const context = { "ses:FromAddress": [sender], "ses:Recipients": draft.recipients };
        const resources = [
          `identity/${identity ?? sender}`,
          ...(configurationSet === undefined ? [] : [`configuration-set/${configurationSet}`]),
        ];
        authorize(
          ...resources.map((resource) => ({ action: "ses:SendEmail", resource: arn(resource), context })),
        );
        const set = sets.get(configurationSet ?? "");
        if (configurationSet !== undefined && !set)
          throw new AwsError(
            "ConfigurationSetDoesNotExist",
            `Configuration set <${configurationSet}> does not exist.`,
          );
        if (set?.SendingOptions?.SendingEnabled === false)
          throw new AwsError(
            "ConfigurationSetSendingPausedException",
            `Email sending is disabled for configuration set <${configurationSet}>.`,
          );
        if (!identity)
          throw new AwsError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region " +
              `${stack.region.toUpperCase()}: ${sender}`,
          );
        return { MessageId: host.post.take(draft, caller.arn) };
      }),
  };

  return {
    service,
    /** Sends the event to where the mail's configuration set wants it. */
    publish(mail: Mail, recipient: string, happening: Happening): void {
      for (const { set, types } of destinations)
        if (set === mail.configurationSet && types.has(happening.type))
          host.put("default", emailEvent(stack, mail, recipient, happening, new Date(host.now())));
    },
  };
}

/** What may have been verified for an address: itself, its domain, or one above. */
function identitiesOf(address: string): string[] {
  const labels = address.split("@")[1]?.split(".") ?? [];
  return [address, ...labels.map((_, index) => labels.slice(index).join("."))];
}

/** The template's, and the senders that its functions are told of: on AWS, who deploys has verified these before. */
function readIdentities(stack: Stack, functions: { env: Record<string, string> }[]): ReadonlySet<string> {
  const own = stack.ofType("AWS::SES::EmailIdentity").map((resource) => parse(Identity, resource));
  const senders = functions.flatMap(({ env }) => env.EMAIL_SENDER ?? []);
  return new Set([...own.map(({ EmailIdentity }) => EmailIdentity), ...senders.map(readAddress)]);
}

/** Opens, clicks, templates and subscriptions the local run has none of. */
const NEVER = ["open", "click", "renderingfailure", "subscription"];

function typesOf(resource: Resource, { Enabled, MatchingEventTypes }: Destination): ReadonlySet<EventType> {
  const known = new Map(
    (Object.keys(kinds) as EventType[]).map((type) => [type.toLowerCase(), type] as const),
  );
  const types = MatchingEventTypes.map((name) => name.replaceAll("_", "").toLowerCase());
  const unknown = types.find((type) => !known.has(type) && !NEVER.includes(type));
  if (unknown) throw new Error(`The local run doesn't know SES's event type ${unknown} (${resource.id}).`);
  return new Set(Enabled ? types.flatMap((type) => known.get(type) ?? []) : []);
}

function parse<T extends z.ZodType>(schema: T, { id, properties }: Resource): z.output<T> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`${id} can't be run locally:\n${z.prettifyError(parsed.error)}`);
}
