import type { CompanyUsersSettings } from "../domain/company-users-settings.ts";
import type { Context, Operation } from "../operation.ts";

/**
 * Seals a social security number as a JWE to the deployment's public key: nothing in the service can open it. Undefined
 * where no key is configured.
 */
export const sealSsn = {
  name: "sealSsn",
  needs: [{ setting: "companyUsers" }],
  async run(_: Context, ssn: string): Promise<string | undefined> {
    const { ssnKey }: CompanyUsersSettings = JSON.parse(process.env.COMPANYUSERS ?? "{}");
    if (!ssnKey) return undefined;
    const { CompactEncrypt, importJWK } = await import("./jwe.ts");
    const alg = ssnKey.kty === "RSA" ? "RSA-OAEP-256" : "ECDH-ES+A256KW";
    const header = { alg, enc: "A256GCM", ...(typeof ssnKey.kid === "string" && { kid: ssnKey.kid }) };
    return new CompactEncrypt(new TextEncoder().encode(ssn))
      .setProtectedHeader(header)
      .encrypt(await importJWK(ssnKey, alg));
  },
} satisfies Operation;
