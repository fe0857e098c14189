/** Three people to be on a laptop. */
import type { Claims } from "./issuer.ts";

const PEOPLE = [
  { name: "Olivia Owner", email: "olivia@example.com" },
  { name: "Adam Admin", email: "adam@example.com" },
  { name: "Anna Agent", email: "anna@example.com" },
];

/** The three with a token each. */
export const peopleWith = (token: (claims: Claims) => Promise<string>) =>
  Promise.all(PEOPLE.map(async (person) => ({ ...person, token: await token(person) })));
