import * as z from "zod/mini";
import { memberName } from "../../domain/people.ts";
import type { Colleague } from "../../table/find-user.ts";
import { Named, Text } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";

/** Whom GET /users finds. */
export const UserQuery = lazily(() => z.strictObject({ email: Text(320) }));

export const ColleagueResponse = lazily(() =>
  z.strictObject({
    id: z.string(),
    name: z.nullable(z.string()),
    email: z.nullable(z.string()),
    businesses: z.array(Named()),
  }),
);

/** A person by the businesses that one shares with them; nobody without such. */
export function colleagueResponse(memberships: readonly Colleague[]): Of<typeof ColleagueResponse>[] {
  const [first] = memberships;
  if (!first) return [];
  const { userId: id, userEmail: email = null } = first.member;
  return [
    {
      id,
      name: memberName(first.member),
      email,
      businesses: memberships.map(({ business }) => ({ id: business.id, name: business.name })),
    },
  ];
}
