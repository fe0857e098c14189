/**
 * Stands in for the SDK's DynamoDB client in every bundle, since the SDK is most of a cold start: the same classes
 * for what shared/table uses of them, without retries (which are shared/table's own). A bundle that uses more of the
 * SDK fails to build, and says what is missing here.
 */
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Limits, post } from "./lambda-aws-call.ts";

export class DynamoDBClient {
  readonly requestHandler: Limits;

  constructor({ maxAttempts, requestHandler }: { maxAttempts: 1; requestHandler: Limits }) {
    if (maxAttempts !== 1)
      throw new Error("infra/lambda-dynamodb.ts makes one attempt: shared/table retries");
    this.requestHandler = requestHandler;
  }
}

export class DynamoDBDocumentClient {
  readonly client: DynamoDBClient;

  private constructor(client: DynamoDBClient) {
    this.client = client;
  }

  static from(client: DynamoDBClient): DynamoDBDocumentClient {
    return new DynamoDBDocumentClient(client);
  }

  async send({ operation, input }: Command): Promise<unknown> {
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    const call = { service: "dynamodb", headers, body: JSON.stringify(toWire(input)) };
    const { status, body } = await post(call, this.client.requestHandler);
    const answer = parse(body);
    if (status >= 300) throw errorOf(status, answer ?? {});
    if (!answer) throw Object.assign(new Error("DynamoDB's answer is broken"), { $metadata: {} });
    return fromWire(answer);
  }
}

abstract class Command {
  abstract readonly operation: string;
  readonly input: object;

  constructor(input: object) {
    this.input = input;
  }
}

export class GetCommand extends Command {
  readonly operation = "GetItem";
}

export class BatchGetCommand extends Command {
  readonly operation = "BatchGetItem";
}

export class QueryCommand extends Command {
  readonly operation = "Query";
}

export class UpdateCommand extends Command {
  readonly operation = "UpdateItem";
}

export class TransactWriteCommand extends Command {
  readonly operation = "TransactWriteItems";
}

/** An error as the SDK throws it. Without a status, nobody knows whether the call was carried out. */
class ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly CancellationReasons?: unknown;

  constructor(status: number, name: string, { message, Message, CancellationReasons }: Answer) {
    super(String(message ?? Message ?? name));
    this.name = name;
    this.$metadata = { httpStatusCode: status };
    if (CancellationReasons) this.CancellationReasons = CancellationReasons;
  }
}

export class TransactionCanceledException extends ServiceError {}
export class TransactionInProgressException extends ServiceError {}

type Answer = Record<string, unknown>;

function errorOf(status: number, answer: Answer): ServiceError {
  const name =
    String(answer.__type ?? "UnknownError")
      .split("#")
      .at(-1) ?? "";
  if (name === "TransactionCanceledException") return new TransactionCanceledException(status, name, answer);
  if (name === "TransactionInProgressException")
    return new TransactionInProgressException(status, name, answer);
  return new ServiceError(status, name, answer);
}

function parse(body: string): Answer | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const items = new Set([
  "Key",
  "Item",
  "ExclusiveStartKey",
  "ExpressionAttributeValues",
  "LastEvaluatedKey",
  "Attributes",
]);
const lists = new Set(["Keys", "Items"]);

/** Replaces every item, key and set of values of a call by its DynamoDB JSON, as the document client does. */
function toWire(value: unknown): unknown {
  return convert(value, (item) => marshall(item, { removeUndefinedValues: true }));
}

/** The other way round, of an answer. Its items by table are lists by names that we can't know. */
function fromWire({ Responses, ...answer }: Answer): unknown {
  const plain = convert(answer, (item) => unmarshall(item as never)) as Answer;
  if (!Responses) return plain;
  const tables = Object.entries(Responses as Record<string, never[]>);
  return {
    ...plain,
    Responses: Object.fromEntries(
      tables.map(([name, found]) => [name, found.map((item) => unmarshall(item))]),
    ),
  };
}

function convert(value: unknown, each: (item: object) => unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => convert(part, each));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    members.map(([name, part]) => {
      if (items.has(name)) return [name, each(part)];
      return [name, lists.has(name) ? part.map(each) : convert(part, each)];
    }),
  );
}
