import * as z from "zod/mini";
import { Text } from "./fields.ts";
import { lazily } from "./lazily.ts";

export const LegalTermsResponse = lazily(() => z.strictObject({ version: z.string(), url: z.string() }));

/** What POST /users/me/legal-terms takes. */
export const LegalTermsApproval = lazily(() => z.strictObject({ version: Text(50) }));
