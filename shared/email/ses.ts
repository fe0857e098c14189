import { SESClient } from "@aws-sdk/client-ses";

/** The SDK's client for SES: beside the bundles that send email, a file of its own that is loaded when one is sent. */

export { SendEmailCommand } from "@aws-sdk/client-ses";

let client: SESClient | undefined;

/** Made on first use and kept for warm calls. It makes one attempt: only who claimed a send may try it again. */
export function ses(): SESClient {
  client ??= new SESClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 1_000 } });
  return client;
}
