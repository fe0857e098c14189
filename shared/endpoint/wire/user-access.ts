import * as z from "zod/mini";
import { type Access, accesses } from "../../domain/accesses.ts";
import { memberName, type PersonName } from "../../domain/people.ts";
import type { UserAccess } from "../../table/user-accesses.ts";
import { Text } from "./fields.ts";
import { lazily, type Of } from "./lazily.ts";

const nullable = z.nullable;

/** Ids are strings here; clients that know them as numbers may send those. */
const IdOf = lazily(() =>
  z.pipe(
    z.union([Text(64), z.int()], "must be an id: a text of at most 64 characters, or a whole number"),
    z.transform(String),
  ),
);

/** What POST …/user_access takes. */
export const NewUserAccess = lazily(() =>
  z.strictObject({
    user_id: z.optional(IdOf()),
    company_id: IdOf(),
    primary: z.optional(z.boolean()),
    access_id: IdOf(),
  }),
);

/** What PUT …/user_access takes: what is left out stays as it is. */
export const UserAccessUpdate = lazily(() =>
  z.strictObject({
    user_id: z.optional(IdOf()),
    company_id: IdOf(),
    primary: z.optional(z.boolean()),
    access_id: z.optional(IdOf()),
  }),
);

/** What a company lets its people do. */
export const AccessEntry = lazily(() =>
  z.strictObject({ id: z.string(), name: z.string(), code: z.string() }),
);

export const CompanyEntry = lazily(() =>
  z.strictObject({
    id: z.string(),
    name: z.string(),
    default: z.boolean(),
    parent_company_id: nullable(z.string()),
  }),
);

export const UserEntry = lazily(() =>
  z.strictObject({
    id: z.string(),
    first_name: nullable(z.string()),
    last_name: nullable(z.string()),
    email: nullable(z.string()),
    status: z.enum(["active", "pending"]),
    lang: nullable(z.string()),
    theme: nullable(z.string()),
    currency: nullable(z.string()),
    birthdate: nullable(z.string()),
    full_name: nullable(z.string()),
    avatar_route: nullable(z.string()),
  }),
);

export const UserAccessEntry = lazily(() =>
  z.strictObject({
    id: z.string(),
    primary: z.boolean(),
    company: CompanyEntry(),
    access: AccessEntry(),
    user: UserEntry(),
  }),
);

export const UserAccessResponse = lazily(() => z.strictObject({ user_access: UserAccessEntry() }));
export const UserAccessListResponse = lazily(() =>
  z.strictObject({ user_accesses: z.array(UserAccessEntry()) }),
);
export const AccessResponse = lazily(() => z.strictObject({ access: AccessEntry() }));
export const AccessListResponse = lazily(() => z.strictObject({ accesses: z.array(AccessEntry()) }));

export function accessEntry(code: Access): Of<typeof AccessEntry> {
  const { id, name } = accesses[code];
  return { id, name, code };
}

/**
 * A membership as the relation of a user to a company. A user whom nobody has signed in as is shown by what this
 * company says of them, and never by what another does. Tenantry keeps no language, theme and currency of a person.
 */
export function userAccessEntry({ user, business, member }: UserAccess): Of<typeof UserAccessEntry> {
  const isPending = user.signedInAt === undefined;
  const { firstName, lastName }: PersonName = isPending ? {} : user;
  return {
    id: member.id,
    primary: user.currentBusinessId === business.id,
    company: {
      id: business.id,
      name: business.name,
      default: business.isDefault ?? false,
      parent_company_id: business.parentBusinessId ?? null,
    },
    access: accessEntry(member.access),
    user: {
      id: user.id,
      first_name: firstName ?? member.firstName ?? null,
      last_name: lastName ?? member.lastName ?? null,
      email: member.userEmail ?? null,
      status: isPending ? "pending" : "active",
      lang: null,
      theme: null,
      currency: null,
      birthdate: member.birthDate ?? null,
      full_name: memberName(member),
      avatar_route: member.logo ?? null,
    },
  };
}
