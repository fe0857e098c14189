import * as z from "zod";

/** A table that DynamoDB has restored, in place of the one that the stack makes. */
export const RestoredTable = z
  .strictObject({
    name: z.string().regex(/^[\w.-]{3,255}$/, "must be the name of a table"),
    /** Its stream, of new and old images: what sets the jobs going that hang on changes. */
    streamArn: z.string(),
  })
  .refine(({ name, streamArn }) => stream.exec(streamArn)?.groups?.table === name, {
    path: ["streamArn"],
    error:
      "must be the ARN of that table's stream: `aws dynamodb describe-table` tells it as LatestStreamArn",
  });
const stream = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/(?<table>[\w.-]+)\/stream\/[\w:.-]+$/;
