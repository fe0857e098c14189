/** How the run itself speaks to the engine, and how calls are signed where the engine is DynamoDB on AWS. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SignatureV4 } from "@smithy/signature-v4";

/** DynamoDB Local keeps a database for each access key: all functions of a run share this one. */
export const engineKey = process.env.DYNAMODB_ACCESS_KEY ?? "local";

/** An engine on this machine takes any credentials; one on AWS (https) takes the developer's own. */
export function engineClient(endpoint: string, region: string): DynamoDBClient {
  if (!endpoint.startsWith("https:"))
    return new DynamoDBClient({
      endpoint,
      region,
      credentials: { accessKeyId: engineKey, secretAccessKey: "local" },
    });
  const regionOfHost = /\bdynamodb\.([a-z0-9-]+)\.amazonaws\./.exec(endpoint)?.[1];
  return new DynamoDBClient({ endpoint, region: regionOfHost ?? region });
}

/** The headers of a call to DynamoDB, signed with the client's credentials. */
export async function signCall(client: DynamoDBClient, endpoint: URL, action: string, body: Buffer) {
  const { region, credentials, sha256 } = client.config;
  const signer = new SignatureV4({ service: "dynamodb", region, credentials, sha256 });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    path: endpoint.pathname,
    query: {},
    headers: {
      host: endpoint.host,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": action,
    },
    body,
  });
  return headers;
}
