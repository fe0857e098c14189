import type { APIGatewayProxyEventV2 as Event } from "aws-lambda";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { Failed } from "../../shared/domain/failures.ts";
import { readBody } from "../../shared/endpoint/input.ts";
import { lazily } from "../../shared/endpoint/wire/lazily.ts";

const Body = lazily(() => z.strictObject({ name: z.string() }));
const event = (bytes: Uint8Array) =>
  ({
    body: Buffer.from(bytes).toString("base64"),
    isBase64Encoded: true,
    headers: { "content-type": "application/vnd.example+json" },
  }) as unknown as Event;

describe("a body in base64", async () => {
  test("is read as what it stands for", async () => {
    expect(await readBody(event(Buffer.from('{"name": "Zoë"}')), Body)).toEqual({ name: "Zoë" });
  });

  test("that is not UTF-8 is refused", async () => {
    const bytes = new Uint8Array([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]);
    await expect(readBody(event(bytes), Body)).rejects.toThrow(Failed);
  });

  test("that a gateway has put the replacement character into, since it wasn't UTF-8, is refused", async () => {
    const replaced = Buffer.from('{"name":"\uFFFD"}');
    await expect(readBody(event(replaced), Body)).rejects.toThrow(Failed);
    expect(await readBody(event(Buffer.from('{"name":"\\ufffd"}')), Body)).toEqual({ name: "\uFFFD" });
  });

  test("is measured by its own bytes: 256 KiB are taken, one more is not", async () => {
    const frame = '{"name":""}'.length;
    const fits = Buffer.from(`{"name":"${"x".repeat(256 * 1024 - frame)}"}`);
    expect((await readBody(event(fits), Body)).name).toHaveLength(256 * 1024 - frame);
    await expect(readBody(event(Buffer.concat([fits, Buffer.from(" ")])), Body)).rejects.toThrow(
      "body_too_large",
    );
  });
});
