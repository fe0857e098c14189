import { describe, expect, test } from "vitest";
import { owner, request, signIn, tokenFor } from "./client.ts";

const nothing = {
  modifiedAt: null,
  firstName: null,
  lastName: null,
  phone: null,
  billingPlan: null,
  subscriptionStatus: null,
  roles: ["Initialized"],
  stripeInfo: { customerId: null, defaultPaymentMethodId: null, subscriptionIds: [], cancelAt: null },
  accountBalance: 0,
  autoRefillEnabled: false,
  autoRefillAmount: null,
  autoRefillTrigger: null,
  business: null,
  compliance: {
    acceptedTerms: false,
    acceptedToSubscription: false,
    acceptedSms: false,
    acceptedBaa: false,
    acceptedEmail: false,
    trustedFormCertificates: [],
    // Not of the page: which legal terms were approved, and when the onboarding was completed.
    legalTerms: null,
    onboardingCompletedAt: null,
  },
};

describe("GET /users/me", () => {
  test("answers exactly the members of the seed's page, null where there is nothing", async () => {
    const person = await signIn({ name: "Olivia Owner", subject: "olivia-of-the-seed" });
    const { status, body } = await person.get("/users/me");
    expect(status).toBe(200);
    expect(body).toEqual({
      ...nothing,
      id: expect.stringMatching(/^usr_/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      name: "Olivia Owner",
      email: person.email,
      identities: [
        {
          issuer: "https://issuer.tenantry.local",
          issuerAssignedId: "olivia-of-the-seed",
          signInType: "federated",
        },
      ],
    });
  });

  test.each([
    [2, true],
    [40, true],
    [40, false],
  ])(
    "%i first requests of the same new user at once make one user (email verified: %s)",
    async (count, emailVerified) => {
      const person = await signIn({ emailVerified });
      const answers = await Promise.all(Array.from({ length: count }, () => person.get("/users/me")));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect((await person.get("/users/me")).body.identities).toHaveLength(1);
    },
  );

  test("shows the business of X-Business-Id, and 404 where the caller is no member of it", async () => {
    const first = await owner("First");
    await first.post("/businesses/me", { name: "Second" });
    const stranger = await owner("Elsewhere");
    expect((await first.get("/users/me")).body).toMatchObject({
      business: { name: "Second" },
      roles: ["Initialized", "Admin"],
    });
    const header = { "x-business-id": first.businessId };
    expect((await first.get("/users/me", header)).body.business.name).toBe("First");
    expect((await stranger.get("/users/me", header)).body.code).toBe("business_not_found");
  });
});

describe("PUT /users/me", () => {
  test("changes what is given, keeps what is left out and takes back what is null", async () => {
    const person = await signIn({ name: "Ada" });
    await person.put("/users/me", { firstName: "Ada", lastName: "Lovelace", phone: "+44 20 7946 0958" });
    const { body } = await person.put("/users/me", { phone: null, name: "Countess" });
    expect(body).toMatchObject({ name: "Countess", firstName: "Ada", lastName: "Lovelace", phone: null });
    expect((await person.get("/users/me")).body).toEqual(body);
  });

  test("of nothing answers the person as they are, not modified", async () => {
    const person = await signIn({ name: "Ada" });
    const { body: before } = await person.get("/users/me");
    for (const change of [{}, { compliance: {} }, { email: person.email, name: "Ada" }])
      expect((await person.put("/users/me", change)).body).toEqual(before);
  });

  test("falls back to first and last name where the name is taken back", async () => {
    const person = await signIn({ name: "Ada" });
    const { body } = await person.put("/users/me", { name: null, firstName: "Ada", lastName: "King" });
    expect(body.name).toBe("Ada King");
  });

  test("takes compliance member by member", async () => {
    const person = await signIn();
    await person.put("/users/me", { compliance: { acceptedTerms: true } });
    const { body } = await person.put("/users/me", { compliance: { acceptedSms: true } });
    expect(body.compliance).toMatchObject({ acceptedTerms: true, acceptedSms: true, acceptedBaa: false });
  });

  test("takes the email it gave and refuses another: emails come from tokens only", async () => {
    const person = await signIn();
    expect((await person.put("/users/me", { email: person.email, firstName: "A" })).status).toBe(200);
    const { status, body } = await person.put("/users/me", { email: "other@example.com", firstName: "B" });
    expect([status, body.errors[0].pointer]).toEqual([400, "/email"]);
    expect((await person.get("/users/me")).body).toMatchObject({ email: person.email, firstName: "A" });
  });

  test.each([
    [{ timeZoneId: "Mars/Olympus" }, "/timeZoneId"],
    [{ phone: "call me" }, "/phone"],
    [{ firstName: "a\u0000b" }, "/firstName"],
    [{ firstName: "" }, "/firstName"],
    [{ id: "usr_1" }, "/id"],
    [{ compliance: { acceptedTerms: "yes" } }, "/compliance/acceptedTerms"],
  ])("refuses %j and changes nothing", async (change, pointer) => {
    const person = await signIn();
    const before = await person.get("/users/me");
    const { status, body } = await person.put("/users/me", { ...change, lastName: "Changed" });
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, "invalid_request", pointer]);
    expect((await person.get("/users/me")).body).toEqual(before.body);
  });

  test("20 changes at once all stand: none is lost and none answers another's", async () => {
    const person = await signIn();
    const members = ["firstName", "lastName", "name", "phone"] as const;
    const changes = Array.from({ length: 20 }, (_, n) => ({
      [members[n % 4] ?? "name"]: `+1 555 01${n + 10}`,
    }));
    const answers = await Promise.all(changes.map((change) => person.put("/users/me", change)));
    answers.forEach(({ status, body }, n) => {
      expect([200, 503]).toContain(status);
      if (status === 200) expect(body).toMatchObject(changes[n] ?? {});
    });
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(10);
  });
});

describe("signing in", () => {
  test("without a token API Gateway itself answers 401", async () => {
    const { status, body } = await request("GET", "/users/me");
    expect([status, body]).toEqual([401, { message: "Unauthorized" }]);
  });

  test("an unverified email claims nothing: another identity that proves it gets a user of its own", async () => {
    const email = `unproved-${process.pid}@example.com`;
    const unproved = await signIn({ email, emailVerified: false, subject: `a-${process.pid}` });
    const proved = await signIn({ email, emailVerified: true, subject: `b-${process.pid}` });
    const ids = [await unproved.get("/users/me"), await proved.get("/users/me")].map(({ body }) => body.id);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("a second identity with the same verified email is a user of its own where its issuer is not trusted", async () => {
    const email = `twice-${process.pid}@example.com`;
    const people = [
      await signIn({ email, subject: `first-${process.pid}` }),
      await signIn({ email, subject: `second-${process.pid}` }),
    ];
    const answers = await Promise.all(people.map((person) => person.get("/users/me")));
    expect(answers[0]?.body.id).not.toBe(answers[1]?.body.id);
    expect(answers.map(({ body }) => body.email)).toEqual([email, email]);
  });

  test("an email verified later is shown from then on", async () => {
    const subject = `later-${process.pid}`;
    const before = await signIn({ email: "old@example.com", emailVerified: false, subject });
    const after = await signIn({ email: `new-${process.pid}@example.com`, subject });
    const [first, second] = [await before.get("/users/me"), await after.get("/users/me")];
    expect([second.body.id, second.body.email]).toEqual([first.body.id, after.email]);
  });

  test("a token that has expired is refused, and told so", async () => {
    const token = await tokenFor({ email: "late@example.com", expiresIn: -60 });
    const { status, body } = await request("GET", "/users/me", {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([status, body.detail]).toEqual([401, "The token has expired. Sign in again."]);
  });
});
