/** A local run of a hand-written assembly in a folder of its own, for one test file. */
import { type LocalRun, type Options, startLocal } from "../../infra/local/run.ts";
import { type Sketch, temporaryFolder, writeAssembly } from "./assembly.ts";

export type Mini = LocalRun & {
  request(path: string, init?: RequestInit): Promise<Reply>;
  remove(): Promise<void>;
};
export type Reply = { status: number; headers: Headers; text: string; json(): unknown };

export async function startMini(sketch: Sketch, options: Partial<Options> = {}): Promise<Mini> {
  const folder = temporaryFolder();
  try {
    const assembly = writeAssembly(folder.path, sketch);
    const local = await startLocal({ assembly, stateDir: `${folder.path}/state`, ...options });
    return {
      ...local,
      request: (path, init) => request(local.url + path, init),
      async remove() {
        await local.stop();
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

export async function request(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

/** Sources of functions that several tests want. */
export const ECHO = "exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });";

/** A function with `call(action, input)` of a service, without an SDK. */
export const withService = (service: string, target: string, body: string) => `
  const key = process.env.AWS_ACCESS_KEY_ID + "/20260101/us-east-1/${service}/aws4_request";
  const TableName = process.env.TABLE_NAME;
  async function call(action, input) {
    const response = await fetch(process.env.AWS_ENDPOINT_URL, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-date": "20260101T000000Z",
        "x-amz-target": "${target}." + action,
        authorization: "AWS4-HMAC-SHA256 Credential=" + key + ", SignedHeaders=host, Signature=0",
      },
      body: JSON.stringify(input),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  }
  exports.handler = async (event) => { ${body} };`;

/** The same for DynamoDB, on the table of the assembly. */
export const withDynamoDb = (body: string) =>
  withService("dynamodb", "DynamoDB_20120810", body).replace(
    "JSON.stringify(input)",
    "JSON.stringify({ TableName, ...input })",
  );
