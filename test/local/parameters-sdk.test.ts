/** Parameters and secrets through the AWS SDK's own clients, by the access key of a function. */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Mini, startMini } from "./local-run.ts";

const ENVIRONMENT = `exports.handler = async () => {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = process.env;
  return { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION };
};`;
const Reader = [
  { Effect: "Allow", Action: "ssm:GetParameter*", Resource: "arn:aws:ssm:*:*:parameter/app/*" },
  { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" },
];

let local: Mini;
beforeAll(async () => {
  local = await startMini({
    functions: { Reader: ENVIRONMENT, Stranger: ENVIRONMENT },
    policies: { Reader, Stranger: [] },
    edit: ({ Resources }) =>
      Object.assign(Resources, {
        Plan: {
          Type: "AWS::SSM::Parameter",
          Properties: { Name: "/app/plan", Type: "String", Value: "gold" },
        },
        Key: {
          Type: "AWS::SecretsManager::Secret",
          Properties: { Name: "stripe-key", SecretString: "from-template" },
        },
      }),
  });
});
afterAll(() => local.remove());

/** The SDK's clients, set up as a function's environment sets them up. */
async function clientsOf(name: string) {
  const environment = JSON.parse((await local.invoke(name, {})).payload);
  const settings = {
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
    maxAttempts: 1,
  };
  return { ssm: new SSMClient(settings), secrets: new SecretsManagerClient(settings) };
}

it("the SDK reads parameters and secrets, and hears of those that are not there", async () => {
  const { ssm, secrets } = await clientsOf("Reader");
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/app/plan", WithDecryption: true }));
  expect(Parameter).toMatchObject({ Name: "/app/plan", Value: "gold" });
  const many = await ssm.send(new GetParametersCommand({ Names: ["/app/plan", "/app/none"] }));
  expect([many.Parameters?.length, many.InvalidParameters]).toEqual([1, ["/app/none"]]);
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: "stripe-key" }));
  expect(SecretString).toBe("from-template");
  await expect(ssm.send(new GetParameterCommand({ Name: "/app/none" }))).rejects.toThrow(
    expect.objectContaining({ name: "ParameterNotFound" }),
  );
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: "none" }))).rejects.toThrow(
    expect.objectContaining({ name: "ResourceNotFoundException" }),
  );
});

it("a function whose policy doesn't allow it gets AccessDeniedException from the SDK", async () => {
  const { ssm, secrets } = await clientsOf("Stranger");
  for (const refused of [
    ssm.send(new GetParameterCommand({ Name: "/app/plan" })),
    secrets.send(new GetSecretValueCommand({ SecretId: "stripe-key" })),
  ])
    await expect(refused).rejects.toThrow(expect.objectContaining({ name: "AccessDeniedException" }));
});
