import * as z from "zod";

/** What a stage of the deployment is configured with, in cdk.json under context.stages.<stage>. */
const httpsUrl = z.url({ protocol: /^https$/, error: "must be an https:// address" });

const Issuer = z
  .strictObject({
    /** The `iss` of the tokens, to the letter (some end in a slash). */
    issuer: httpsUrl,
    /** The `aud` that tokens must carry. */
    audience: z.string().min(1, "must name the audience (aud) of your tokens"),
    /** Where the issuer publishes its keys; by default `<issuer>/.well-known/jwks.json`. */
    jwksUri: httpsUrl.optional(),
    /** Whether its verified emails may join identities of other issuers to one user. */
    trusted: z.boolean().default(false),
  })
  .transform(({ jwksUri, ...issuer }) => ({
    ...issuer,
    jwksUri: jwksUri ?? `${issuer.issuer.replace(/\/$/, "")}/.well-known/jwks.json`,
  }));

const Origin = z.string().regex(/^https?:\/\/[^/*]+$/, "must be an origin such as https://app.example.com");

const Sender = z
  .string()
  .regex(/^([^<>@]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, "must be an address that SES has verified");

const Config = z.strictObject({
  issuers: z.array(Issuer).min(1, "name at least one identity provider: { issuer, audience }"),
  /** The origins of browser clients; none by default. */
  corsOrigins: z.array(Origin).default([]),
  /** Whom invitation emails are from. */
  sender: Sender,
  /** Requests a second, and at once, that the stage takes before it answers 429. */
  throttle: z
    .strictObject({ rate: z.number().int().min(1), burst: z.number().int().min(1) })
    .default({ rate: 500, burst: 1_000 }),
  /** The SNS topic that alarms are sent to; without one they are only seen in CloudWatch. */
  alarmTopicArn: z
    .string()
    .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, "must be the ARN of an SNS topic")
    .optional(),
  logRetentionDays: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365)]).default(30),
});

export type Config = z.infer<typeof Config> & { readonly stage: string };

const StageName = z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, "must be a short name such as prod");

/** Reads and checks a stage's configuration; the error says what to set and where. */
export function readConfig(stage: unknown, stages: unknown): Config {
  const name = StageName.safeParse(stage);
  if (!name.success) throw new Error("Set the stage: pass -c stage=prod, or context.stage in cdk.json.");
  const known = z.record(z.string(), z.unknown()).safeParse(stages);
  const found = known.success ? known.data[name.data] : undefined;
  if (found === undefined) {
    throw new Error(`Stage "${name.data}" is not configured: add context.stages.${name.data} to cdk.json.`);
  }
  const config = Config.safeParse(found);
  if (config.success) return { ...config.data, stage: name.data };
  const problems = config.error.issues.map(
    ({ path, message }) => `  context.stages.${[name.data, ...path].join(".")}: ${message}`,
  );
  throw new Error(`Stage "${name.data}" is not fully configured. Set in cdk.json:\n${problems.join("\n")}`);
}
