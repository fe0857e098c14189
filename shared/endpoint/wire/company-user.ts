import * as z from "zod/mini";
import { companyRoles } from "../../domain/company-roles.ts";
import { Clearable, Phone, Text, TimeZone, WebAddress } from "./fields.ts";
import { lazily } from "./lazily.ts";

const nullable = z.nullable;

/** XML has no types: a boolean may come as text. */
const Flag = lazily(() =>
  z.pipe(
    z.union([z.boolean(), z.enum(["true", "false", "1", "0"])], "must be true or false"),
    z.transform((value) => value === true || value === "true" || value === "1"),
  ),
);

/** A whole number, which may come as text. */
const wholeNumber = "must be a whole number, of at most 15 digits";
const Whole = lazily(() =>
  z.pipe(
    z.union([z.int().check(z.gte(0)), z.string().check(z.regex(/^\d{1,15}$/, wholeNumber))], wholeNumber),
    z.transform(Number),
  ),
);

/** A decimal from 0 to 100, kept as its text to the last digit. */
const share = /^(?:100(?:\.0{1,20})?|[1-9]?\d(?:\.\d{1,20})?)$/;
const decimal = "must be a plain decimal from 0 to 100, with at most 20 decimals";
const Share = lazily(() =>
  z.union([z.number().check(z.gte(0), z.lte(100)), z.string().check(z.regex(share, decimal))], decimal),
);

/** Text that XML can hold. */
const Plain = (maximum = 200) =>
  Text(maximum).check(z.refine((text) => !/[\uFFFE\uFFFF]/.test(text), "holds characters that XML can't"));

const IsoDate = lazily(() => z.string().check(z.refine(isDate, "must be an ISO date such as 1979-12-31")));

/** Of days that there are: February 30 becomes another one when it is read. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Not in the form of our own ids, and what a path can hold, which "." and ".." aren't. */
export const UserCode = lazily(() =>
  z
    .string()
    .check(z.regex(/^(?!\.{1,2}$)[\w.~-]{1,64}$/, "must be 1 to 64 letters, digits or any of . _ ~ -")),
);

export const CompanyUserAddressUpdate = lazily(() =>
  z.strictObject({
    id: Clearable(Whole()),
    zip: Clearable(Plain(20)),
    city: Clearable(Plain()),
    country: Clearable(Whole()),
    province: Clearable(Whole()),
    address: Clearable(Plain()),
    selected: Clearable(Flag()),
  }),
);

const states = ["ACTIVE", "INACTIVE"] as const;

/** What POST /v2/user/add takes: members that are left out stay as they are, null takes one back. */
export const CompanyUserRequest = lazily(() =>
  z.strictObject({
    account_title: Clearable(Plain()),
    address: Clearable(CompanyUserAddressUpdate()),
    address_same_as_company: Clearable(Flag()),
    date_of_birth: Clearable(IsoDate()),
    /** Null says nothing: an email only names the user, and it is how one who has none is shown. */
    email: Clearable(Text(320)),
    first_name: Clearable(Plain()),
    last_name: Clearable(Plain()),
    logo: Clearable(WebAddress()),
    owner_ship: Clearable(Share()),
    password: Clearable(z.string()),
    phone: Clearable(Phone()),
    role: z.optional(z.enum(companyRoles)),
    send_email: Clearable(Flag()),
    ssn: Clearable(Text(64)),
    state: z.optional(z.enum(states)),
    time_zone_id: Clearable(TimeZone()),
    user_code: Clearable(UserCode()),
  }),
);

export const CompanyUserAddress = lazily(() =>
  z.strictObject({
    id: nullable(z.int()),
    zip: nullable(z.string()),
    city: nullable(z.string()),
    country: nullable(z.int()),
    province: nullable(z.int()),
    address: nullable(z.string()),
    selected: nullable(z.boolean()),
  }),
);

export const CompanyUserResponse = lazily(() =>
  z.strictObject({
    account_title: nullable(z.string()),
    address: nullable(CompanyUserAddress()),
    address_same_as_company: z.boolean(),
    date_of_birth: nullable(z.string()),
    email: nullable(z.string()),
    first_name: nullable(z.string()),
    last_name: nullable(z.string()),
    logo: nullable(z.string()),
    owner_ship: nullable(Share()),
    phone: nullable(z.string()),
    role: z.enum(companyRoles),
    state: z.enum(states),
    time_zone_id: nullable(z.string()),
    user_code: z.string(),
  }),
);
