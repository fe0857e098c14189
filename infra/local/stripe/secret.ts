/** What functions find in Secrets Manager under the name that the template gives them: Stripe's keys. */
export const secret = { apiKey: "sk_test_local", webhookSecret: "whsec_local" } as const;
