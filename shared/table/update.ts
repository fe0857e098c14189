import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Context } from "../operation.ts";
import { tableOf } from "./client.ts";
import {
  Aliases,
  type Changes,
  type Condition,
  conditionExpression,
  updateExpression,
} from "./expressions.ts";
import { send } from "./retry.ts";
import type { Key } from "./schema.ts";

/** Updates one item by itself, where that is bookkeeping and no change that anybody made. */
export async function update(context: Context, at: Key, changes: Changes, when: Condition): Promise<void> {
  const table = tableOf(context);
  const aliases = new Aliases();
  const request = new UpdateCommand({
    TableName: table.name,
    Key: at,
    UpdateExpression: updateExpression(changes, aliases),
    ConditionExpression: conditionExpression(when, aliases),
    ...aliases.members(),
  });
  await send(context, () => table.client.send(request));
}
