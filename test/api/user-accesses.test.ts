import { describe, expect, test } from "vitest";
import { owner, signIn } from "./client.ts";

/** Somebody who has signed in, and their id. */
async function known() {
  const person = await signIn({ name: "Anna Agent" });
  const { id } = (await person.get("/users/me")).body;
  return { ...person, id: id as string };
}

describe("user accesses, as the page has them", () => {
  test("POST answers 201 with the access, its company and its user", async () => {
    const [boss, anna] = [await owner("Acme"), await known()];
    const path = `/api/v1/users/${anna.id}/user_access`;
    const request = { user_id: anna.id, company_id: boss.businessId, primary: true, access_id: 5 };
    const { status, body } = await boss.post(path, request);
    expect([status, body]).toEqual([
      201,
      {
        user_access: {
          id: expect.stringMatching(/^mem_/),
          primary: true,
          company: { id: boss.businessId, name: "Acme", default: false, parent_company_id: null },
          access: { id: "5", name: "Customer care", code: "customer_care" },
          user: {
            id: anna.id,
            first_name: null,
            last_name: null,
            email: anna.email,
            status: "active",
            lang: null,
            theme: null,
            currency: null,
            birthdate: null,
            full_name: "Anna Agent",
            avatar_route: null,
          },
        },
      },
    ]);
    expect((await anna.get(path)).body).toEqual({ user_accesses: [body.user_access] });
    expect((await boss.get("/businesses/me/licenses")).body.seats).toBe(2);
    const changed = await boss.put(path, { company_id: boss.businessId, access_id: "3" });
    expect([changed.status, changed.body.user_access.access.code]).toEqual([200, "manager"]);
    expect((await boss.delete(`${path}/${body.user_access.id}`)).status).toBe(204);
    expect((await anna.get(path)).body).toEqual({ user_accesses: [] });
    expect((await boss.get("/businesses/me/licenses")).body.seats).toBe(1);
  });

  test("PUT makes another one primary, which unsets the first; companies show where they stand", async () => {
    const [boss, anna] = [await owner("Acme"), await known()];
    const child = { name: "Acme West", parentBusinessId: boss.businessId, isDefault: true };
    const { id } = (await boss.post("/businesses/me", child)).body;
    const path = `/api/v1/users/${anna.id}/user_access`;
    for (const company_id of [boss.businessId, id]) await boss.post(path, { company_id, access_id: 4 });
    const { body } = await anna.put(path, { company_id: id, primary: true });
    expect(body.user_access).toMatchObject({
      primary: true,
      company: { id, name: "Acme West", default: true, parent_company_id: boss.businessId },
    });
    const { user_accesses } = (await boss.get(path)).body;
    expect(user_accesses.map(({ primary }: { primary: boolean }) => primary)).toEqual([false, true]);
    const root = await boss.put("/businesses/me", { parentBusinessId: null }, { "x-business-id": id });
    expect([root.status, root.body.parentBusinessId]).toEqual([200, null]);
  });

  test("what is wrong is said by field, with 422", async () => {
    const [boss, anna] = [await owner(), await known()];
    const path = `/api/v1/users/${anna.id}/user_access`;
    const bad = [
      [{ company_id: boss.businessId }, "access_id"],
      [{ company_id: boss.businessId, access_id: 99 }, "access_id"],
      [{ company_id: boss.businessId, access_id: 4, user_id: boss.businessId }, "user_id"],
      [{ company_id: boss.businessId, access_id: 4, primary: "yes" }, "primary"],
    ] as const;
    for (const [request, field] of bad) {
      const { status, body } = await boss.post(path, request);
      expect([status, Object.keys(body.errors)]).toEqual([422, [field]]);
      expect(body.errors[field]).toEqual([expect.stringMatching(/^(must be|is none of|is not the user)/)]);
    }
    await boss.post(path, { company_id: boss.businessId, access_id: 4 });
    const again = await boss.post(path, { company_id: boss.businessId, access_id: 4 });
    expect([again.status, again.body.errors.base]).toEqual([422, [expect.stringMatching(/member already/)]]);
  });

  test("GET /api/v1/accesses lists them, and shows each", async () => {
    const anna = await signIn();
    const { accesses } = (await anna.get("/api/v1/accesses")).body;
    expect(accesses.map(({ code }: { code: string }) => code)).toEqual([
      "owner",
      "admin",
      "manager",
      "agent",
      "customer_care",
      "accounting",
    ]);
    for (const access of accesses)
      expect((await anna.get(`/api/v1/accesses/${access.id}`)).body).toEqual({ access });
  });
});

describe("around it, in Tenantry's own dialect", () => {
  test("plans, and what they cost", async () => {
    const { body } = await (await signIn()).get("/plans");
    expect(body).toContainEqual({
      billingPlan: "Monthly",
      licensePriceId: "price_license_monthly",
      basePriceId: "price_plan_monthly",
      currency: "usd",
      licenseAmount: 1200,
      baseAmount: 9900,
    });
  });

  test("legal terms are approved by version, and onboarding is completed: both are seen in the profile", async () => {
    const anna = await known();
    const { version } = (await anna.get("/legal-terms/current")).body;
    const approved = await anna.post("/users/me/legal-terms", { version });
    const at = expect.stringMatching(/Z$/);
    expect(approved.body.compliance).toMatchObject({
      acceptedTerms: true,
      legalTerms: { version, acceptedAt: at, acceptedByUserId: anna.id },
      onboardingCompletedAt: null,
    });
    await anna.post("/users/me/onboarding");
    const me = (await anna.get("/users/me")).body;
    expect(me.compliance).toMatchObject({ legalTerms: { version }, onboardingCompletedAt: at });
    expect((await anna.put("/users/me", { compliance: me.compliance })).status).toBe(200);
    const forged = { ...me.compliance, legalTerms: { ...me.compliance.legalTerms, version: "other" } };
    expect((await anna.put("/users/me", { compliance: forged })).status).toBe(400);
  });

  test("a user is found by email within one's own businesses only", async () => {
    const [boss, other, anna] = [await owner("Acme"), await owner("Other"), await known()];
    await boss.post("/businesses/me/users", { userId: anna.id });
    const path = `/users?email=${encodeURIComponent(anna.email.toUpperCase())}`;
    expect((await boss.get(path)).body).toEqual([
      {
        id: anna.id,
        name: "Anna Agent",
        email: anna.email,
        businesses: [{ id: boss.businessId, name: "Acme" }],
      },
    ]);
    expect((await other.get(path)).body).toEqual([]);
  });
});
