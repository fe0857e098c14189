/**
 * Stands in for the SDK's Secrets Manager client in every bundle, as lambda-dynamodb.ts does for DynamoDB's:
 * GetSecretValue, tried again as often as it is told to where that may help.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isTransient } from "../shared/table/retry.ts";
import { type Limits, post } from "./lambda-aws-call.ts";

export class GetSecretValueCommand {
  readonly input: object;

  constructor(input: object) {
    this.input = input;
  }
}

export class ResourceNotFoundException extends Error {}

/** Before another attempt there is a pause of up to as many milliseconds. */
const pause = 100;

interface Options {
  readonly maxAttempts: number;
  readonly requestHandler: Limits;
}

export class SecretsManagerClient {
  readonly config: Options;
  /** Powertools looks for it, and would add its name to the user agent. */
  readonly middlewareStack = { identify: () => [], addRelativeTo: () => {} };

  constructor(config: Options) {
    this.config = config;
  }

  async send({ input }: GetSecretValueCommand): Promise<unknown> {
    const { maxAttempts, requestHandler } = this.config;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await getSecretValue(input, requestHandler);
      } catch (error) {
        if (attempt >= maxAttempts || !isTransient(error)) throw error;
        await wait(Math.random() * pause);
      }
    }
  }
}

async function getSecretValue(input: object, limits: Limits): Promise<unknown> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "secretsmanager.GetSecretValue",
  };
  const call = { service: "secretsmanager", headers, body: JSON.stringify(input) };
  const { status, body } = await post(call, limits);
  const answer = parse(body);
  if (status < 300 && answer) return answer;
  const name = String(answer?.__type ?? "UnknownError").replace(/^.*#|:.*$/g, "");
  const message = String(answer?.message ?? answer?.Message ?? name);
  const $metadata = status < 300 ? {} : { httpStatusCode: status };
  const error =
    name === "ResourceNotFoundException" ? new ResourceNotFoundException(message) : new Error(message);
  throw Object.assign(error, { name, $metadata });
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
