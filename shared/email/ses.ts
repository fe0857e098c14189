import { SESClient } from "@aws-sdk/client-ses";

/** The client for SES, by itself: in the bundles it is infra/lambda-ses.ts, elsewhere the SDK's, which takes long to load. */

export { SendEmailCommand } from "@aws-sdk/client-ses";

let client: SESClient | undefined;

/** Made on first use and kept for warm calls. It makes one attempt: only who claimed a send may try it again. */
export function ses(): SESClient {
  client ??= new SESClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 1_000 } });
  return client;
}
