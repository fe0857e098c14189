/** What the deployment says of users that companies add. */
export interface CompanyUsersSettings {
  /** The public key, as a JWK, that social security numbers are sealed to; without one none are taken. */
  readonly ssnKey?: Readonly<Record<string, unknown>> | undefined;
}
