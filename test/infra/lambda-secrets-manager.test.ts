import { createServer, type RequestListener } from "node:http";
import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import * as sdk from "@aws-sdk/client-secrets-manager";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { endpointOf } from "../../infra/lambda-aws-call.ts";
import * as ours from "../../infra/lambda-secrets-manager.ts";
import { close, listen } from "../../infra/local/http.ts";

/** Whatever stands in for the SDK's Secrets Manager client in the bundles does what the SDK does, request for request. */

const options = { maxAttempts: 2, requestHandler: { connectionTimeout: 300, requestTimeout: 400 } };
const throwing = { ...options.requestHandler, throwOnRequestTimeout: true };
const clients = {
  sdk: () => new sdk.SecretsManagerClient({ ...options, requestHandler: throwing }),
  ours: () => new ours.SecretsManagerClient(options) as unknown as sdk.SecretsManagerClient,
};

let answers: RequestListener[] = [];
const requests: object[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, url, headers } = request;
  const told = ["host", "content-type", "x-amz-target", "x-amz-security-token"].map((name) => headers[name]);
  const [, scope] = /Credential=AKIA\/\d{8}\/([\w/-]+)/.exec(headers.authorization ?? "") ?? [];
  requests.push({ method, url, told, scope, body: Buffer.concat(chunks).toString() });
  (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
});
const before = { ...process.env };
let url = "";

beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(server)}`;
});
beforeEach(() => {
  requests.length = 0;
  Object.assign(process.env, {
    ...{ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL_SECRETS_MANAGER: url },
    ...{ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" },
  });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  await close(server);
});

/** What Powertools answers by a client, or fails with; and what was asked. */
async function outcome(which: keyof typeof clients, given: readonly RequestListener[]) {
  answers = [...given];
  requests.length = 0;
  const warn = vi.spyOn(console, "warn");
  const provider = new SecretsProvider({ awsSdkV3Client: clients[which]() });
  expect(warn).not.toHaveBeenCalled(); // Powertools would, and use a client of its own
  const answer = await provider.get("stripe", { maxAge: 0 }).then(
    (secret) => ({ secret }),
    ({ name, message, cause }: Error) => ({ name, message, cause: (cause as Error | undefined)?.name }),
  );
  return { answer, requests: [...requests] };
}

const answering =
  (status: number, body: object | string): RequestListener =>
  (_, response) =>
    response
      .writeHead(status, { "content-type": "application/x-amz-json-1.1" })
      .end(typeof body === "string" ? body : JSON.stringify(body));
const refusing = (status: number, name: string) => answering(status, { __type: name, message: "because" });
const held = answering(200, { Name: "stripe", SecretString: '{"apiKey": "ä"}' });
const breaking: RequestListener = (request) => request.socket.destroy();

describe("the Secrets Manager client of the bundles asks and answers as the SDK's does:", () => {
  test.each<[string, number, RequestListener[]]>([
    ["a secret", 1, [held]],
    ["none of that name", 1, [refusing(400, "ResourceNotFoundException")]],
    ["no leave", 1, [refusing(400, "com.amazonaws.secretsmanager#AccessDeniedException")]],
    ["a decryption that failed", 1, [refusing(400, "DecryptionFailure")]],
    ["a throttle, then the secret", 2, [refusing(400, "ThrottlingException"), held]],
    ["a server's error, then the secret", 2, [refusing(500, "InternalServiceError"), held]],
    ["a broken connection, then the secret", 2, [breaking, held]],
    ["no answer, then the secret", 2, [() => {}, held]],
    ["errors without end", 2, [refusing(503, "ServiceUnavailable")]],
  ])("%s", async (_, times, given) => {
    const own = await outcome("ours", given);
    expect(own).toEqual(await outcome("sdk", given));
    expect(own.requests).toHaveLength(times);
  });

  test.each(["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"])(
    "in %s, where the SDK does",
    (region) => {
      delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
      const { endpointProvider } = new sdk.SecretsManagerClient({ region }).config;
      const rules = { Region: region, UseFIPS: false, UseDualStack: false };
      expect(endpointOf("secretsmanager", region)).toEqual(endpointProvider(rules as never).url);
    },
  );
});
