import { describe, expect, test } from "vitest";
import { defaultProvider } from "../../infra/lambda-credentials.ts";

describe("what stands in for the SDK's", () => {
  test("credential chain takes the role's from the environment, and fails without", async () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
        AWS_SESSION_TOKEN: "c",
      });
      expect(await defaultProvider()()).toEqual({
        accessKeyId: "a",
        secretAccessKey: "b",
        sessionToken: "c",
      });
      delete process.env.AWS_SECRET_ACCESS_KEY;
      await expect(defaultProvider()()).rejects.toThrow(/no credentials in the environment/);
    } finally {
      process.env = before;
    }
  });
});
