import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { defaultProvider } from "../../infra/lambda-credentials.ts";
import { defaultEndpointResolver } from "../../infra/lambda-endpoint.ts";

/** What the SDK itself makes of a region: its rules, unbundled. */
const bySdk = (parameters: object) => {
  const { endpointProvider } = new DynamoDBClient({ region: "eu-central-1" }).config;
  return endpointProvider({ UseFIPS: false, UseDualStack: false, ...parameters } as never);
};

describe("what stands in for the SDK's", () => {
  test.each([
    "us-east-1",
    "eu-central-1",
    "ap-southeast-5",
    "mx-central-1",
    "il-central-1",
    "us-gov-west-1",
    "cn-north-1",
  ])("endpoint rules finds DynamoDB in %s where the SDK does", (Region) => {
    expect(defaultEndpointResolver({ Region }).url).toEqual(bySdk({ Region }).url);
  });

  test("endpoint rules goes where the local run says, as the SDK does", () => {
    const parameters = { Region: "us-east-1", Endpoint: "http://127.0.0.1:8000" };
    expect(defaultEndpointResolver(parameters).url).toEqual(bySdk(parameters).url);
  });

  test("endpoint rules refuses what it doesn't know, and names itself", () => {
    expect(() => defaultEndpointResolver({ Region: "us-iso-east-1" })).toThrow(/lambda-endpoint\.ts/);
    expect(() => defaultEndpointResolver({ Region: "us-east-1", UseFIPS: true })).toThrow(
      /lambda-endpoint\.ts/,
    );
  });

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
