/** The first screen of `npm start`: where everything is, three people to be, and a curl that works. */
import { peopleWith } from "./people.ts";
import type { LocalRun } from "./run.ts";

export async function firstScreen(local: LocalRun): Promise<string> {
  const people = (await peopleWith(local.token)).map((person) => ({
    ...person,
    variable: variableOf(person.email),
  }));
  const [first] = people;
  const { url, functions, stateDir, clock } = local;
  const { api } = local.deployed();
  return `
  First page   ${url}/
  Reference    ${url}/docs
  Mailbox      ${url}/mailbox   (as JSON: /_local/mail?to=…)
  Stripe       ${url}/stripe   (as JSON: /_local/stripe)
  API          ${url}   (${api?.routes.length ?? 0} routes, ${functions.size} functions)
  Clock        ${url}/_local/clock   (${new Date(clock.now()).toISOString()})
  Tokens       ${url}/_local/token
  Events       ${url}/_local/events   (what went over the buses; what failed: /_local/queues)
  Data, logs   ${stateDir}

  Three people, to paste into a shell; their tokens live ten years:

${people.map(({ variable, token, name }) => `${variable}=${token}  # ${name}`).join("\n")}

  The first of them:

curl -H "Authorization: Bearer ${first?.token}" ${url}/users/me

  Anyone else, and another day:

curl ${url}/_local/token -d '{"email": "someone@example.com", "name": "Someone"}'
curl ${url}/_local/clock -d '{"advance": "P1D"}'

  Ctrl-C ends it. Errors of functions appear below.
`;
}

const variableOf = (email: string) => email.split("@")[0]?.toUpperCase() ?? "";
