/** Asks the engine what each call has consumed, where the function itself doesn't, without its seeing the answer. */

export type Counted = {
  /** The call as it goes to the engine. */
  body: Buffer;
  /** The engine's answer as the function gets it, and the capacity units that the call consumed. */
  read(answer: Buffer): { body: Buffer; units: number };
};

type Consumed = { CapacityUnits?: number };

export function counted(operation: string, input: unknown, body: Buffer): Counted {
  const asked = typeof input === "object" && input !== null && "ReturnConsumedCapacity" in input;
  if (!COUNTED.test(operation)) return { body, read: (answer) => ({ body: answer, units: 0 }) };
  return {
    body: asked
      ? body
      : Buffer.from(JSON.stringify({ ...(input as object), ReturnConsumedCapacity: "TOTAL" })),
    read(answer) {
      const { ConsumedCapacity, ...rest } = JSON.parse(answer.toString()) as { ConsumedCapacity?: Consumed };
      const parts: Consumed[] = ConsumedCapacity ? [ConsumedCapacity].flat() : [];
      const units = parts.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      return { body: asked || !ConsumedCapacity ? answer : Buffer.from(JSON.stringify(rest)), units };
    },
  };
}

/** The operations that can say what they consume. */
const COUNTED =
  /^(?:GetItem|BatchGetItem|Query|Scan|PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactGetItems|TransactWriteItems)$/;
