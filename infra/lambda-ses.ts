/**
 * Stands in for the SDK's SES client in every bundle, as lambda-dynamodb.ts does for DynamoDB's: SendEmail, by AWS's
 * Query protocol, with the errors that shared/email looks at, and without retries.
 */
import type { SendEmailCommandInput } from "@aws-sdk/client-ses";
import { type Limits, post } from "./lambda-aws-call.ts";

export class SendEmailCommand {
  readonly input: SendEmailCommandInput;

  constructor(input: SendEmailCommandInput) {
    this.input = input;
  }
}

export class SESClient {
  readonly limits: Limits;

  constructor({ maxAttempts, requestHandler }: { maxAttempts: 1; requestHandler: Limits }) {
    if (maxAttempts !== 1)
      throw new Error("infra/lambda-ses.ts makes one attempt: who claimed a send may try it again");
    this.limits = requestHandler;
  }

  async send(
    { input }: SendEmailCommand,
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ): Promise<{ MessageId: string }> {
    const form = [["Action", "SendEmail"], ["Version", "2010-12-01"], ...parametersOf(input)];
    const { status, body } = await post(
      {
        service: "ses",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.map(([name = "", value = ""]) => `${encode(name)}=${encode(value)}`).join("&"),
      },
      this.limits,
      abortSignal,
    );
    const [, MessageId] = /<MessageId>([^<]+)<\/MessageId>.*<\/SendEmailResponse>\s*$/s.exec(body) ?? [];
    if (status < 300 && MessageId) return { MessageId };
    const name = status < 300 ? "BrokenAnswer" : nameOf(status, body);
    const [, message = name] = /<Message>([^<]*)<\/Message>/.exec(body) ?? [];
    throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
  }
}

/** The members of an input as the Query protocol names them: `Tags.member.1.Name`. */
function parametersOf(value: unknown, name = ""): [name: string, value: string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [[name, String(value)]];
  const prefix = Array.isArray(value) ? `${name}.member.` : name && `${name}.`;
  return Object.entries(value).flatMap(([part, of]) =>
    parametersOf(of, `${prefix}${Array.isArray(value) ? Number(part) + 1 : part}`),
  );
}

/** The name of an error, which is its code but where the SDK has another one for it. */
function nameOf(status: number, body: string): string {
  const [, code = status === 404 ? "NotFound" : "Unknown"] = /<Code>([^<]*)<\/Code>/.exec(body) ?? [];
  return named[code] ?? code;
}

const named: Readonly<Record<string, string>> = {
  ConfigurationSetDoesNotExist: "ConfigurationSetDoesNotExistException",
  LimitExceeded: "LimitExceededException",
};

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
