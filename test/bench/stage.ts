import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endpoints } from "../../functions/index.ts";
import { bundleFolder } from "../../infra/bundle.ts";
import { readAssembly } from "../../infra/local/assembly.ts";
import { startEngine } from "../../infra/local/engine.ts";
import { openLogs } from "../../infra/local/logs.ts";
import { openState } from "../../infra/local/state.ts";
import { createTables } from "../../infra/local/tables.ts";
import { readStack } from "../../infra/local/template.ts";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";
import { openApi } from "../../shared/endpoint/openapi/document.ts";
import { assembly } from "../build.ts";
import { openSes } from "../email/ses-stub.ts";
import { type ColdStart, openStarter } from "./cold-start.ts";

/** A function that does nothing: what a cold start costs without us. */
export const empty = "an empty handler";

export interface Stage {
  /** Every endpoint, and the empty handler. */
  readonly names: readonly string[];
  start(name: string): Promise<ColdStart>;
  /** Whether SES was sent something since it was last asked for. */
  mailed(): boolean;
  close(): Promise<void>;
}

/** An engine with the template's table, a member of a business in it, and a request of theirs for each endpoint. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "tenantry-cold-"));
  mkdirSync(join(folder, "empty"));
  writeFileSync(
    join(folder, "empty/index.cjs"),
    'exports.handler = async () => ({ statusCode: 200, body: "{}" });',
  );
  const state = openState(join(folder, "state"));
  const logs = openLogs(state, Date.now);
  const engine = await startEngine(state, logs, process.env.DYNAMODB_ENDPOINT);
  const endpoint = await engine.url();
  const [table = ""] = await createTables(readStack(readAssembly(assembly)), endpoint);
  const starter = await openStarter();
  const ses = await openSes();
  const env = {
    TABLE_NAME: table,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SES: ses.url,
    ACCEPT_URL: "https://app.example.com/invitations/{token}",
    EMAIL_SENDER: "no-reply@example.com",
    EMAIL_CONFIGURATION_SET: "bench",
    INVITATIONS: JSON.stringify(defaultInvitationSettings),
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
  };
  const start = (name: string) =>
    starter.start(name === empty ? join(folder, "empty") : bundleFolder(name), env, requestFor(name));
  const creating = Object.keys(endpoints).find((key) => routeOf(key) === "POST /businesses/me") ?? "";
  const { answer } = await start(creating);
  if (answer.statusCode !== 201) throw new Error(`No business to work in: ${JSON.stringify(answer)}`);
  return {
    names: [empty, ...Object.keys(endpoints)],
    start,
    mailed: () => ses.requests.splice(0).length > 0,
    async close() {
      await starter.close();
      await ses.close();
      await engine.stop();
      await logs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const routeOf = (key: string) => endpoints[key]?.specification.route;

const document = openApi(endpoints, {}) as unknown as {
  paths: Record<string, Record<string, Described>>;
};
type Described = {
  parameters: readonly { name: string; in: string; example?: string }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
};

/** A request as API Gateway hands it on, made of the examples in the API's own contract. */
function requestFor(key: string): unknown {
  const route = routeOf(key) ?? "$default";
  const [method = "", path = ""] = route.split(" ");
  const { requestBody, parameters = [] } = document.paths[path]?.[method.toLowerCase()] ?? {};
  const example = requestBody?.content["application/json"]?.example;
  const timeEpoch = Date.now();
  const verdict = {
    verdict: "valid",
    issuer: "https://idp.example.com",
    subject: "bench",
    email: "bench@example.com",
    emailVerified: true,
    trusted: false,
    expiresAt: timeEpoch / 1_000 + 3_600,
  };
  return {
    routeKey: route,
    rawPath: path,
    rawQueryString: "",
    pathParameters: Object.fromEntries(
      parameters.filter((parameter) => parameter.in === "path").map(({ name, example }) => [name, example]),
    ),
    headers: { "content-type": "application/json" },
    requestContext: { requestId: "bench", timeEpoch, authorizer: { lambda: verdict } },
    ...(example !== undefined && { body: JSON.stringify(example) }),
  };
}
