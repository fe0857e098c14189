import * as z from "zod";
import { defaultInvitationSettings, type InvitationSettings } from "../shared/domain/invitation-settings.ts";
import { Billing } from "./config-of-billing.ts";
import { RestoredTable } from "./config-of-restored.ts";
import { SsnKey } from "./ssn-key.ts";

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

const acceptUrlForm =
  'the address of your page for invitations, such as "https://app.example.com/invitations/{token}"';

/** A page of the product, at an address that only the token tells apart: it is in no host and appears once. */
const acceptUrl = /^(https:\/\/[^\s/?#@{}"<>]+|http:\/\/localhost(:\d+)?)\/[^\s{}"<>]*\{token\}[^\s{}"<>]*$/;

const count = (name: keyof InvitationSettings, least = 1, most = 1_000_000) =>
  z
    .int(`must be a whole number from ${least} to ${most}`)
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
    .default(defaultInvitationSettings[name]);

const Invitations = z
  .strictObject({
    /** The page that an invitation's email links to; `{token}` stands for the invitation's token. */
    acceptUrl: z
      .string(`must be ${acceptUrlForm}`)
      .refine((url) => acceptUrl.test(url) && URL.canParse(url), `must be ${acceptUrlForm}`),
    lifeDays: count("lifeDays", 1, 30),
    reminderDays: count("reminderDays", 0, 29),
    resendCooldown: count("resendCooldown", 0),
    resendsPerDay: count("resendsPerDay"),
    perInviter: count("perInviter"),
    perInviterInBulk: count("perInviterInBulk"),
    perBusinessAndDay: count("perBusinessAndDay"),
    open: count("open"),
    openInFirstHour: count("openInFirstHour"),
  } satisfies Record<keyof InvitationSettings | "acceptUrl", z.ZodType>)
  .refine(({ reminderDays, lifeDays }) => reminderDays < lifeDays, {
    path: ["reminderDays"],
    error: "must be less than lifeDays (0 for no reminder)",
  });

const LegalTerms = z.strictObject({
  version: z.string().regex(/^\S{1,50}$/, "must be a short name such as 2026-11"),
  url: z.string().regex(/^https?:\/\/\S+$/, "must be the page where the terms can be read"),
});

const CompanyUsers = z.strictObject({
  /** The public key, as a JWK, that social security numbers are sealed to; without one none are taken. */
  ssnKey: SsnKey.optional(),
});

const Settings = z.strictObject({
  issuers: z.array(Issuer).min(1, "name at least one identity provider: { issuer, audience }"),
  /** The origins of browser clients; none by default. */
  corsOrigins: z.array(Origin).default([]),
  /** Whom invitation emails are from. */
  sender: Sender,
  /** Where their links lead, how long invitations live, and how many there may be. */
  invitations: Invitations,
  /** How licenses are paid for, by Stripe; without it nothing is billed. */
  billing: Billing.optional(),
  /** The legal terms that people approve. */
  legalTerms: LegalTerms.optional(),
  /** Users that companies add with POST /v2/user/add. */
  companyUsers: CompanyUsers.default({}),
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
  /** The table to run on after a restore: from then on, as without it the stack makes an empty one. */
  restoredTable: RestoredTable.optional(),
});

/** What was billed since the backup is unknown to a restored table: nobody bills by it unasked. */
const Config = Settings.refine(({ restoredTable, billing }) => !restoredTable || !billing || billing.mode, {
  path: ["billing", "mode"],
  error: 'must be said on a restored table: "report" until its members are right again, then "apply"',
}).transform(({ billing, ...settings }) => ({
  ...settings,
  ...(billing && { billing: { ...billing, mode: billing.mode ?? ("apply" as const) } }),
}));

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
