/** Parameters and secrets behind their real protocols: the template's values, or those of `parameters.json`. */
import { writeFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { type Mini, startMini, withService } from "./local-run.ts";

let local: Mini | undefined;
afterEach(() => local?.remove());

const BODY =
  "try { return await call(event.action, event.input); } catch (error) { return JSON.parse(error.message); }";
const functions = {
  Parameters: withService("ssm", "AmazonSSM", BODY),
  Secrets: withService("secretsmanager", "secretsmanager", BODY),
};
const resources = {
  Plan: { Type: "AWS::SSM::Parameter", Properties: { Name: "/app/plan", Type: "String", Value: "gold" } },
  Key: {
    Type: "AWS::SecretsManager::Secret",
    Properties: { Name: "stripe-key", SecretString: "from-template" },
  },
};
const start = async (policies = {}) => {
  local = await startMini({
    functions,
    policies,
    edit: ({ Resources }) => Object.assign(Resources, resources),
  });
  return async (id: keyof typeof functions, action: string, input: object) =>
    JSON.parse((await (local as Mini).invoke(id, { action, input })).payload);
};
const give = (values: object) => writeFileSync(`${local?.stateDir}/parameters.json`, JSON.stringify(values));

it("a parameter has the template's value, or the one in parameters.json, at once", async () => {
  const ask = await start();
  const get = (Name: string) => ask("Parameters", "GetParameter", { Name, WithDecryption: true });
  expect(await get("/app/plan")).toEqual({
    Parameter: {
      Name: "/app/plan",
      Type: "String",
      Value: "gold",
      Version: 1,
      ARN: "arn:aws:ssm:us-east-1:000000000000:parameter/app/plan",
      DataType: "text",
    },
  });
  expect(await get("/app/other")).toMatchObject({ __type: "ParameterNotFound" });
  give({ "/app/plan": "silver", "/app/other": "secret" });
  expect((await get("/app/plan")).Parameter.Value).toBe("silver");
  expect((await get("/app/other")).Parameter).toMatchObject({ Type: "SecureString", Value: "secret" });
  const several = await ask("Parameters", "GetParameters", { Names: ["/app/plan", "/app/none"] });
  expect(several).toMatchObject({ Parameters: [{ Value: "silver" }], InvalidParameters: ["/app/none"] });
});

it("a secret has the template's value, or the one in parameters.json, by name or ARN", async () => {
  const ask = await start();
  const get = (SecretId: string) => ask("Secrets", "GetSecretValue", { SecretId });
  const { ARN, SecretString } = await get("stripe-key");
  expect(SecretString).toBe("from-template");
  give({ "stripe-key": "from-file" });
  expect(await get(ARN)).toMatchObject({ Name: "stripe-key", SecretString: "from-file" });
  expect(await get("none")).toMatchObject({ __type: "ResourceNotFoundException" });
});

it("what it doesn't know is an error at once, what the policy doesn't allow AccessDeniedException", async () => {
  const Parameters = [
    { Effect: "Allow", Action: "ssm:GetParameter", Resource: "arn:aws:ssm:*:*:parameter/app/*" },
  ];
  const ask = await start({ Parameters, Secrets: [] });
  expect(await ask("Parameters", "PutParameter", {})).toMatchObject({
    __type: "NotImplemented",
    message: "The local run has no ssm:PutParameter.",
  });
  const wrong = { Name: "/app/plan", Selector: 1 };
  expect(await ask("Parameters", "GetParameter", wrong)).toMatchObject({ __type: "ValidationException" });
  expect(await ask("Parameters", "GetParameter", { Name: "/app/plan" })).toHaveProperty("Parameter");
  for (const [id, action, input] of [
    ["Parameters", "GetParameter", { Name: "/other" }],
    ["Parameters", "GetParameters", { Names: ["/app/plan"] }],
    ["Secrets", "GetSecretValue", { SecretId: "stripe-key" }],
  ] as const)
    expect(await ask(id, action, input)).toMatchObject({ __type: "AccessDeniedException" });
});
