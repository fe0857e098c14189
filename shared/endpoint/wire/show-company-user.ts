import { companyRoleOf } from "../../domain/company-roles.ts";
import { plainDecimal } from "../../domain/decimals.ts";
import type { BusinessItem } from "../../table/businesses.ts";
import type { CompanyUser } from "../../table/company-users.ts";
import type { MemberAddress, MemberItem, MemberProfile } from "../../table/members.ts";
import type { CompanyUserRequest, CompanyUserResponse } from "./company-user.ts";
import { changesOf } from "./fields.ts";
import type { Of } from "./lazily.ts";

type Body = Of<typeof CompanyUserRequest>;

/** What a body says of the profile: only the members that it has. An address that is the company's isn't theirs to keep. */
export function profileOf(given: Body): Omit<MemberProfile, "userCode"> {
  const body: Body = given.address_same_as_company ? { ...given, address: undefined } : given;
  const { address, owner_ship } = body;
  return definedOnly(body, {
    account_title: ["title", body.account_title],
    address: ["address", address && changesOf(address)],
    address_same_as_company: ["livesAtBusiness", body.address_same_as_company],
    date_of_birth: ["birthDate", body.date_of_birth],
    first_name: ["firstName", body.first_name],
    last_name: ["lastName", body.last_name],
    logo: ["logo", body.logo],
    owner_ship: ["ownership", owner_ship == null ? owner_ship : plainDecimal(String(owner_ship))],
    phone: ["phone", body.phone],
    time_zone_id: ["timeZoneId", body.time_zone_id],
  });
}

function definedOnly(body: Body, members: { readonly [M in keyof Body]?: readonly [string, unknown] }) {
  const given = Object.entries(members).filter(([name]) => body[name as keyof Body] !== undefined);
  return Object.fromEntries(given.map(([, [name, value]]) => [name, value ?? undefined]));
}

/** A user as their company keeps them. What is secret is never shown. */
export function companyUserResponse({ business, member }: CompanyUser): Of<typeof CompanyUserResponse> {
  return {
    account_title: member.title ?? null,
    address: addressOf(member, business),
    address_same_as_company: member.livesAtBusiness ?? false,
    date_of_birth: member.birthDate ?? null,
    email: member.userEmail ?? null,
    first_name: member.firstName ?? null,
    last_name: member.lastName ?? null,
    logo: member.logo ?? null,
    owner_ship: member.ownership ?? null,
    phone: member.phone ?? null,
    role: companyRoleOf(member.access),
    state: member.state === "Active" ? "ACTIVE" : "INACTIVE",
    time_zone_id: member.timeZoneId ?? null,
    user_code: member.userCode ?? member.userId,
  };
}

function addressOf(member: MemberItem, business: BusinessItem) {
  const own = member.livesAtBusiness ? addressOfBusiness(business) : member.address;
  if (!own) return null;
  const { id, zip, city, country, province, address, selected } = own;
  return {
    id: id ?? null,
    zip: zip ?? null,
    city: city ?? null,
    country: country ?? null,
    province: province ?? null,
    address: address ?? null,
    selected: selected ?? null,
  };
}

/** A business has names of countries and states, not their numbers in this API. */
function addressOfBusiness({ address }: BusinessItem): MemberAddress | undefined {
  const { postalCode, city, line1, line2 } = address ?? {};
  const lines = [line1, line2].filter(Boolean).join(", ");
  return address && { zip: postalCode ?? undefined, city: city ?? undefined, address: lines || undefined };
}
