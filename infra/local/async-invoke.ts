/** Invocations that nobody waits for: failures are tried again, then handed to the function's failure destination. */
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { Queues } from "./queues.ts";
import type { Stack } from "./template.ts";
import type { Result } from "./worker.ts";

const InvokeConfig = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal("$LATEST"),
  MaximumRetryAttempts: z.coerce.number().default(2),
  MaximumEventAgeInSeconds: z.coerce.number().default(6 * 60 * 60),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
    .default({}),
});
type InvokeConfig = z.infer<typeof InvokeConfig>;
const DeadLetters = z.object({ DeadLetterConfig: z.object({ TargetArn: z.string() }).optional() });

type Host = { clock: Clock; queues: Queues; invoke(functionName: string, event: unknown): Promise<Result> };

/** Lambda waits one minute before the second try, two before the third. */
const WAIT_MS = 60_000;

/** Answers how to invoke a function, by its name, without waiting for it. */
export function asyncInvoker(stack: Stack, { clock, queues, invoke }: Host) {
  const configs = new Map<string, InvokeConfig>();
  for (const { id, properties } of stack.ofType("AWS::Lambda::EventInvokeConfig")) {
    const parsed = InvokeConfig.safeParse(properties);
    if (!parsed.success) throw new Error(`${id} can't be run locally:\n${z.prettifyError(parsed.error)}`);
    const fn = stack.find("AWS::Lambda::Function", parsed.data.FunctionName);
    if (fn) configs.set(fn.name, parsed.data);
  }
  const queueOf = (arn: string | undefined) => {
    if (arn === undefined) return undefined;
    const queue = stack.find("AWS::SQS::Queue", arn);
    if (!queue) throw new Error(`The local run knows no destination of failures but a queue: ${arn}.`);
    return queue.name;
  };
  const functions = new Map(
    stack.ofType("AWS::Lambda::Function").map(({ name, properties }) => {
      const config = configs.get(name) ?? InvokeConfig.parse({ FunctionName: name, Qualifier: "$LATEST" });
      const onFailure = queueOf(config.DestinationConfig.OnFailure?.Destination);
      const deadLetters = queueOf(DeadLetters.parse(properties).DeadLetterConfig?.TargetArn);
      return [name, { config, onFailure, deadLetters }] as const;
    }),
  );

  return (name: string, event: unknown): void => {
    const fn = functions.get(name);
    if (!fn) throw new Error(`The stack has no function ${name}`);
    const { config, onFailure, deadLetters } = fn;
    const began = clock.now();

    async function attempt(count: number): Promise<void> {
      const result = await invoke(name, event);
      if (!result.failed) return;
      const wait = count * WAIT_MS;
      const age = clock.now() + wait - began;
      const isSpent = count > config.MaximumRetryAttempts;
      if (!isSpent && age <= config.MaximumEventAgeInSeconds * 1000)
        return void clock.after(wait, () => void attempt(count + 1));
      if (deadLetters) queues.send(deadLetters, event);
      if (!onFailure) return;
      queues.send(onFailure, {
        version: "1.0",
        timestamp: new Date(clock.now()).toISOString(),
        requestContext: {
          functionArn: `arn:aws:lambda:${stack.region}:${stack.account}:function:${name}:$LATEST`,
          condition: isSpent ? "RetriesExhausted" : "EventAgeExceeded",
          approximateInvokeCount: count,
        },
        requestPayload: event,
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: JSON.parse(result.payload),
      });
    }
    void attempt(1);
  };
}
