import * as z from "zod/mini";
import { Text } from "./fields.ts";

export const LegalTermsResponse = z.strictObject({ version: z.string(), url: z.string() });

/** What POST /users/me/legal-terms takes. */
export const LegalTermsApproval = z.strictObject({ version: Text(50) });
