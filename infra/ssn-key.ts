import { createPublicKey, type JsonWebKey } from "node:crypto";
import * as z from "zod";

const text = z.string("must be base64url").regex(/^[\w-]+$/, "must be base64url");
const Shared = {
  kid: z.string().optional(),
  use: z.literal("enc", "must be enc, or left out: the key is for encryption").optional(),
};

/** What a JWK of each kind must say to be a public key that jose seals to. */
const Public = z.discriminatedUnion(
  "kty",
  [
    z.looseObject({
      kty: z.literal("EC"),
      crv: z.enum(["P-256", "P-384", "P-521"]),
      x: text,
      y: text,
      ...Shared,
    }),
    z.looseObject({ kty: z.literal("RSA"), n: text, e: text, ...Shared }),
    z.looseObject({ kty: z.literal("OKP"), crv: z.literal("X25519", "must be X25519"), x: text, ...Shared }),
  ],
  "must be a JWK: kty EC with crv, x and y, RSA with n and e, or OKP with crv and x",
);

const algorithms = { EC: "ECDH-ES+A256KW", RSA: "RSA-OAEP-256", OKP: "ECDH-ES+A256KW" } as const;

/** The members that only a private or secret key has. */
const secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** A public key to seal to: with its private part in the configuration, anybody could open what is sealed. */
export const SsnKey = z
  .looseObject({ kty: z.string("must be a JWK, with kty EC, RSA or OKP") })
  .superRefine((key, context) => {
    const refuse = (message: string, path: (string | number)[] = []) =>
      context.addIssue({ code: "custom", message, path });
    if (secret.some((name) => name in key)) {
      refuse(
        "must be the public key: this one holds the private part. Leave out d, and keep it away from here",
      );
      return;
    }
    const parsed = Public.safeParse(key);
    if (!parsed.success) {
      for (const { message, path } of parsed.error.issues) refuse(message, path as string[]);
      return;
    }
    const { kty } = parsed.data;
    if ("key_ops" in key) refuse("must be left out: what the key is for is known", ["key_ops"]);
    if ("alg" in key && key.alg !== algorithms[kty])
      refuse(`must be ${algorithms[kty]}, or left out`, ["alg"]);
    const bits = modulusOf(key);
    if (bits === undefined)
      refuse("is no public key: its numbers are not those of one. Export it again as a JWK");
    else if (kty === "RSA" && bits < 2_048) refuse("must be an RSA key of at least 2048 bits", ["n"]);
  });

/** The length of an RSA key, 0 of another one; undefined where the numbers make no key. */
function modulusOf(key: JsonWebKey): number | undefined {
  try {
    return createPublicKey({ key, format: "jwk" }).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return undefined;
  }
}
