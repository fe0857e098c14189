import type { Operations, Table, TableNeed } from "../../shared/operation.ts";

/** A call to the table in a test, as IAM judges it: an action on a partition, by an index or not. */
interface Asked {
  readonly action: string;
  readonly index: string | undefined;
  readonly pk: unknown;
}

interface Input {
  readonly Key?: { readonly pk?: unknown };
  readonly Item?: { readonly pk?: unknown };
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly { readonly pk?: unknown }[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
}

/** What a command asks for; each action of a transaction is judged by itself. */
function askedBy(name: string, input: Input): Asked[] {
  const of = (action: string, pk: unknown) => ({ action: `dynamodb:${action}`, index: input.IndexName, pk });
  if (input.TransactItems) {
    const parts = input.TransactItems.flatMap((item) => Object.entries(item));
    return parts.flatMap(([part, inner]) =>
      askedBy(part === "ConditionCheck" ? "ConditionCheckItem" : `${part}Item`, inner),
    );
  }
  if (name === "BatchGet") {
    const keys = Object.values(input.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys);
    return keys.map(({ pk }) => of("BatchGetItem", pk));
  }
  if (name === "Query") {
    const [, value = ""] = /=\s*(:\w+)/.exec(input.KeyConditionExpression ?? "") ?? [];
    return [of("Query", input.ExpressionAttributeValues?.[value])];
  }
  return [of(name.endsWith("Item") ? name : `${name}Item`, (input.Key ?? input.Item)?.pk)];
}

/** The table as a function's policy lets it be called, which is made from the needs of its operations. */
export function judged(table: Table, operations: Operations): Table {
  const needs = Object.values(operations).flatMap((operation) => operation.needs);
  const grants = needs.filter((need): need is TableNeed => "partitions" in need);
  const isGranted = ({ action, index, pk }: Asked) =>
    grants.some(
      (grant) =>
        grant.actions.some((granted) => granted === action) &&
        grant.index === index &&
        grant.partitions.some((partition) => String(pk).startsWith(`${partition}#`)),
    );
  const send = async (command: { readonly input: Input }, ...rest: unknown[]) => {
    const name = command.constructor.name.replace(/Command$/, "");
    const refused = askedBy(name, command.input).find((asked) => !isGranted(asked));
    if (refused) {
      const message = `no operation needs ${refused.action} on ${refused.index ?? "the table"}: ${refused.pk}`;
      throw Object.assign(new Error(message), { name: "AccessDeniedException" });
    }
    return table.client.send(command as never, ...(rest as []));
  };
  return { name: table.name, client: { send } as never };
}
