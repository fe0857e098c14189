import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { close, listen } from "../../infra/local/http.ts";
import { secret } from "../../infra/local/stripe/secret.ts";
import { defaultInvitationSettings } from "../../shared/domain/invitation-settings.ts";
import { openSes } from "../email/ses-stub.ts";
import { startStripe } from "../local/local-stripe.ts";
import { clientEnvironment, openEngine } from "../table/engine.ts";

/** All that a function goes out to, and the environment that leads there. */
export async function openServices() {
  const engine = await openEngine();
  const ses = await openSes();
  const stripe = await startStripe();
  const secrets = createServer((request, response) =>
    request.resume().on("end", () => response.end(JSON.stringify({ SecretString: JSON.stringify(secret) }))),
  );
  const secretsUrl = `http://127.0.0.1:${await listen(secrets)}`;
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const prices = (every: string) => ({ license: `price_license_${every}`, base: `price_plan_${every}` });
  const billing = {
    ...{ mode: "apply", prorationBehavior: "create_prorations", returnUrl: "https://app.example.com/" },
    plans: { Annual: prices("annual"), Monthly: prices("monthly") },
  };
  const env = {
    ...clientEnvironment(engine.endpoint),
    TABLE_NAME: engine.tableName,
    AWS_ENDPOINT_URL_SES: ses.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsUrl,
    STRIPE_API_BASE: stripe.stripe.url,
    STRIPE_SECRET: "bench",
    ACCEPT_URL: "https://app.example.com/invitations/{token}",
    EMAIL_SENDER: "no-reply@example.com",
    EMAIL_CONFIGURATION_SET: "bench",
    INVITATIONS: JSON.stringify(defaultInvitationSettings),
    BILLING: JSON.stringify(billing),
    LEGALTERMS: JSON.stringify({ version: "2026-11", url: "https://app.example.com/terms" }),
    COMPANYUSERS: JSON.stringify({ ssnKey: publicKey.export({ format: "jwk" }) }),
  };
  return {
    env,
    stripe,
    /** Whether SES was sent something since it was last asked for. */
    mailed: () => ses.requests.splice(0).length > 0,
    async close() {
      await Promise.all([ses.close(), stripe.remove(), close(secrets)]);
      await engine.close();
    },
  };
}
