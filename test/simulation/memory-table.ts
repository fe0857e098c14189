import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Table } from "../../shared/operation.ts";
import { type IndexName, schema } from "../../shared/table/schema.ts";
import { holds, type Item, type Names, updated } from "./expressions.ts";
import { Items } from "./items.ts";

interface At {
  readonly pk: string;
  readonly sk: string;
}

interface Action extends Names {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
}

/**
 * A table in memory, behind the SDK client's `send`: as much of DynamoDB as the access patterns use, each command at
 * one instant. It is for schedules by the thousand; `test/table/engines.test.ts` holds it against real engines.
 */
export class MemoryTable implements Table {
  readonly name = "memory";
  readonly items = new Items();
  /** Whose changes were committed, in their order: transactions with an audit event. */
  readonly committed: string[] = [];
  readonly #tokens = new Set<string>();
  /** Lets tests decide when, and whether, a command is carried out. */
  readonly #carryOut: (command: object, run: () => unknown) => Promise<unknown>;

  constructor(carryOut: (command: object, run: () => unknown) => Promise<unknown> = async (_, run) => run()) {
    this.#carryOut = carryOut;
  }

  readonly client = this.of("").client;

  /** The same table for one request, by whose name its commits are noted. */
  of(request: string): Table {
    const send = (command: object) => this.#carryOut(command, () => this.carryOut(command, request));
    return { name: this.name, client: { send } as unknown as DynamoDBDocumentClient };
  }

  /** Carries a command out, at this instant. */
  carryOut(command: object, request: string): unknown {
    if (command instanceof GetCommand) return { Item: this.#get(command.input.Key as unknown as At) };
    if (command instanceof BatchGetCommand) {
      const [[table, request] = ["", undefined]] = Object.entries(command.input.RequestItems ?? {});
      const found = (request?.Keys ?? []).map((key) => this.#get(key as unknown as At)).filter(Boolean);
      return { Responses: { [table]: found } };
    }
    if (command instanceof QueryCommand) return this.#query(command.input);
    if (command instanceof TransactWriteCommand) return this.#transact(command.input, request);
    if (command instanceof UpdateCommand || command instanceof PutCommand) {
      const [passes, apply] = this.#prepare(command.input as Action);
      if (!passes)
        throw new ConditionalCheckFailedException({ message: "", $metadata: { httpStatusCode: 400 } });
      apply();
      return {};
    }
    throw new Error(`the table in memory knows no ${command.constructor.name}`);
  }

  #get(at: At): Item | undefined {
    const { pk, sk } = fitting(at);
    const item = this.items.get(`${pk}\n${sk}`);
    return item && { ...item };
  }

  /** Every item of a partition whose sort key has a prefix, by sort key. */
  partition(pk: string, prefix = ""): Item[] {
    const found = [...this.items.of(pk)].filter(({ sk }) => String(sk).startsWith(prefix));
    return found.sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
  }

  #query(input: QueryCommand["input"]): unknown {
    const values = input.ExpressionAttributeValues ?? {};
    const keys = input.KeyConditionExpression ?? "";
    const names = indexKeys(input.IndexName);
    const isBackward = input.ScanIndexForward === false;
    const place = (item: Item) => names.map((name) => String(item[name])).join("\n");
    const pk = String(values[":v0"]);
    for (const [value] of keys.matchAll(/:v\d+/g)) fitting({ pk, sk: value === ":v0" ? "-" : values[value] });
    if (input.ExclusiveStartKey) fitting(input.ExclusiveStartKey as unknown as At);
    const partition = input.IndexName ? this.items.inIndex(input.IndexName, pk) : this.items.of(pk);
    const matching = [...partition]
      .filter((item) => holds(keys, item, input))
      .sort((a, b) => (place(a) < place(b) === isBackward ? 1 : -1));
    const start = input.ExclusiveStartKey && place(input.ExclusiveStartKey);
    const after = matching.filter(
      (item) => !start || (isBackward ? place(item) < start : place(item) > start),
    );
    const read = after.slice(0, input.Limit);
    const last = read.length < after.length || read.length === input.Limit ? read.at(-1) : undefined;
    const found = read.filter((item) => holds(input.FilterExpression, item, input));
    const keysOnly =
      input.IndexName && schema.indexes[input.IndexName as IndexName].projection === "KEYS_ONLY";
    const Items = keysOnly ? found.map((item) => pick(item, names)) : found;
    const answer =
      input.Select === "COUNT" ? { Count: Items.length } : { Items: Items.map((item) => ({ ...item })) };
    return { ...answer, ...(last && { LastEvaluatedKey: pick(last, names) }) };
  }

  #transact(
    { TransactItems = [], ClientRequestToken = "" }: TransactWriteCommand["input"],
    request: string,
  ): unknown {
    if (this.#tokens.has(ClientRequestToken)) return {};
    const actions = TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
      return (Put ?? Update ?? { ...(Delete ?? ConditionCheck), isDelete: Boolean(Delete) }) as Action;
    });
    const keys = actions.map((action) => JSON.stringify(keyOf(action)));
    if (new Set(keys).size < keys.length || keys.length > 100)
      throw validation("one item twice, or more than 100");
    const prepared = actions.map((action) => this.#prepare(action));
    if (prepared.every(([passes]) => passes)) {
      for (const [, apply] of prepared) apply();
      this.#tokens.add(ClientRequestToken);
      if (actions.some(({ Item }) => String(Item?.sk).startsWith("EVENT#"))) this.committed.push(request);
      return {};
    }
    const CancellationReasons = prepared.map(([passes, , before]) =>
      passes
        ? { Code: "None" }
        : { Code: "ConditionalCheckFailed", ...(before && { Item: marshall(before) }) },
    );
    throw new TransactionCanceledException({
      message: "",
      $metadata: { httpStatusCode: 400 },
      CancellationReasons,
    });
  }

  /** Whether an action's condition holds, how to carry it out, and the item before it. */
  #prepare(action: Action & { readonly isDelete?: boolean }): [boolean, () => void, Item | undefined] {
    const { pk, sk } = keyOf(action);
    const at = `${pk}\n${sk}`;
    const before = this.items.get(at);
    const apply = () => {
      if (action.Item) this.items.set(at, stored(action.Item));
      else if (action.UpdateExpression) {
        this.items.set(at, stored(updated(action.UpdateExpression, before ?? { pk, sk }, action)));
      } else if (action.isDelete) this.items.delete(at);
    };
    return [holds(action.ConditionExpression, before, action), apply, before];
  }
}

/** The attributes that order a query, first the partition's; those of an index, then the table's. */
function indexKeys(index: string | undefined): string[] {
  if (!index) return ["pk", "sk"];
  const { partitionKey, sortKey } = schema.indexes[index as IndexName];
  return [partitionKey, sortKey, "pk", "sk"];
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

function keyOf({ Key, Item }: Action): At {
  const { pk, sk } = (Key ?? Item) as unknown as At;
  return fitting({ pk, sk });
}

/** A key of as many bytes as a table takes. */
function fitting({ pk, sk }: At): At {
  const [ofPk, ofSk] = [Buffer.byteLength(pk), Buffer.byteLength(sk)];
  if (ofPk === 0 || ofPk > 2_048 || ofSk === 0 || ofSk > 1_024) throw validation("a key of no such size");
  return { pk, sk };
}

function validation(message: string): Error {
  const $metadata = { httpStatusCode: 400 };
  return Object.assign(new Error(message), { name: "ValidationException", $metadata });
}

/** A copy as the document client stores it, without undefined members; what they hold is frozen, and every reader's. */
function stored(item: Item): Item {
  const copy: Item = {};
  for (const name in item) if (item[name] !== undefined) copy[name] = frozen(item[name]);
  return copy;
}

function frozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  return Array.isArray(value) ? Object.freeze(value.map(frozen)) : Object.freeze(stored(value as Item));
}
