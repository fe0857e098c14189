import { createHash } from "node:crypto";
import type { Identity } from "../domain/people.ts";
import type { Context, Operation } from "../operation.ts";
import { get } from "./read.ts";
import { type Key, key } from "./schema.ts";

/** The link from an identity to its user. */
export interface IdentityItem extends Identity {
  readonly userId: string;
  /** The comparable form of the verified email that this identity was last seen with. */
  readonly verifiedEmail?: string;
  /** What a sign-in has left to be done: see `settle`. */
  readonly unsettled?: Unsettled;
}

/** Memberships that don't show the user's email and name yet, and users whose memberships are to be moved. */
export interface Unsettled {
  readonly takingOver: readonly string[];
  /** The verified email that left it: another one may leave more. */
  readonly verifiedEmail: string;
}

/** Whose address it is. A claim by a user nobody has signed in as yields to the first verified email. */
export interface EmailItem {
  readonly userId: string;
  readonly signedIn: boolean;
  /** Whether an issuer vouched for it whose verified emails may join identities. */
  readonly trusted?: boolean;
  /** Users whom they took over: a business may have them as a member under one of these yet. */
  readonly tookOver?: readonly string[] | undefined;
  /** The form for mailing. */
  readonly address: string;
  /** How the user is called, as the user's item has it. */
  readonly displayName?: string | undefined;
}

export function identityKey({ issuer, subject }: Identity): Key {
  return key.identity(
    createHash("sha256")
      .update(JSON.stringify([issuer, subject]))
      .digest("hex"),
  );
}

/** The identity's link to its user, or undefined on first sight. */
export const identityOf = {
  name: "identityOf",
  needs: [{ actions: ["dynamodb:GetItem"], partitions: ["IDENTITY"] }],
  async run(context: Context, identity: Identity): Promise<IdentityItem | undefined> {
    return get<IdentityItem>(context, identityKey(identity));
  },
} satisfies Operation;
