/** A local run with SES in its template, and the AWS SDK's own client as its functions would have it. */
import { SESClient, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-ses";
import type { Options } from "../../infra/local/run.ts";
import type { Template } from "./assembly.ts";
import { type Mini, startMini } from "./local-run.ts";

export const SENDER = "no-reply@tenantry.local";
/** Which function's environment it is, told by the function itself. */
const ENVIRONMENT = "exports.handler = async () => process.env;";

const identity = (name: string) => `arn:aws:ses:us-east-1:000000000000:identity/${name}`;
const set = (name: string) => `arn:aws:ses:us-east-1:000000000000:configuration-set/${name}`;
const send = (...Resource: string[]) => ({ Effect: "Allow", Action: "ses:SendEmail", Resource });

/** Mailer may do all, Bound send as the sender with its set, Setless without one; Stranger may do nothing. */
const policies = {
  Bound: [
    {
      ...send(identity("*"), set("Invitations")),
      Condition: { StringEquals: { "ses:FromAddress": SENDER } },
    },
  ],
  Setless: [send(identity(SENDER))],
  Stranger: [],
};

const eventDestination = (EventDestination: object) => ({
  Type: "AWS::SES::ConfigurationSetEventDestination",
  Properties: { ConfigurationSetName: { Ref: "Invitations" }, EventDestination },
});
export const ALL_EVENTS = ["send", "delivery", "bounce", "complaint", "reject", "deliveryDelay"];

export function startMailer(
  { types = ALL_EVENTS, more = () => {} }: { types?: string[]; more?: (template: Template) => void } = {},
  options: Partial<Options> = {},
): Promise<Mini> {
  return startMini(
    {
      functions: Object.fromEntries(["Mailer", ...Object.keys(policies)].map((id) => [id, ENVIRONMENT])),
      policies,
      routes: { "GET /environment": "Mailer" },
      edit(template) {
        const { Resources } = template;
        Object.assign(Resources.Mailer?.Properties ?? {}, {
          Environment: { Variables: { EMAIL_SENDER: `Tenantry <${SENDER}>` } },
        });
        Object.assign(Resources, {
          Invitations: { Type: "AWS::SES::ConfigurationSet", Properties: { Name: "Invitations" } },
          Paused: {
            Type: "AWS::SES::ConfigurationSet",
            Properties: { Name: "Paused", SendingOptions: { SendingEnabled: false } },
          },
          Domain: { Type: "AWS::SES::EmailIdentity", Properties: { EmailIdentity: "verified.example" } },
          Events: eventDestination({
            Enabled: true,
            MatchingEventTypes: types,
            EventBridgeDestination: {
              EventBusArn: "arn:aws:events:us-east-1:000000000000:event-bus/default",
            },
          }),
        });
        more(template);
      },
    },
    options,
  );
}

/** SES's client, set up as the environment of a function sets it up. */
export async function clientOf(local: Mini, name = "Mailer"): Promise<SESClient> {
  return clientFor(JSON.parse((await local.invoke(name, {})).payload));
}

type Environment = Record<
  "AWS_ENDPOINT_URL" | "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY",
  string
>;

export function clientFor(environment: Environment): SESClient {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  return new SESClient({
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    maxAttempts: 1,
  });
}

/** A mail that SES takes, but for what is said otherwise. */
export const mail = (to: string | string[], changes: Partial<SendEmailCommandInput> = {}) =>
  new SendEmailCommand({
    Source: `Tenantry <${SENDER}>`,
    Destination: { ToAddresses: [to].flat() },
    Message: {
      Subject: { Data: "Olive Oil Ltd invites you" },
      Body: { Text: { Data: "Come & see <us>" }, Html: { Data: "<p>Come &amp; <b>see</b></p>" } },
    },
    ConfigurationSetName: "Invitations",
    Tags: [{ Name: "invitationId", Value: "inv_1" }],
    ...changes,
  });
