/** The first screen of `npm start`: where everything is, three people to be, and a curl that works. */
import type { LocalRun } from "./run.ts";

const PEOPLE = [
  { name: "Olivia Owner", email: "olivia@example.com" },
  { name: "Adam Admin", email: "adam@example.com" },
  { name: "Anna Agent", email: "anna@example.com" },
];

export async function firstScreen(local: LocalRun): Promise<string> {
  const people = await Promise.all(
    PEOPLE.map(async (person) => ({
      ...person,
      variable: variableOf(person.email),
      token: await local.token(person),
    })),
  );
  const [first] = people;
  return `
  API          ${local.url}   (${local.api?.routes.length ?? 0} routes, ${local.functions.size} functions)
  Time         ${local.url}/_local/clock   now ${new Date(local.clock.now()).toISOString()}
  Tokens       ${local.url}/_local/token
  Data, logs   ${local.stateDir}

  Three people, to paste into your shell (their tokens live ten years):

${people.map(({ variable, token, name }) => `${variable}=${token}   # ${name}`).join("\n")}

  Who am I?

curl -H "Authorization: Bearer $${first?.variable}" ${local.url}/users/me

  The same with the token in it:

curl -H "Authorization: Bearer ${first?.token}" ${local.url}/users/me

  Anyone else, or another day:

curl ${local.url}/_local/token -d '{"email": "someone@example.com", "name": "Someone"}'
curl ${local.url}/_local/clock -d '{"advance": "P1D"}'

  Ctrl-C ends it. Errors of functions appear below.
`;
}

const variableOf = (email: string) => email.split("@")[0]?.toUpperCase() ?? "TOKEN";
