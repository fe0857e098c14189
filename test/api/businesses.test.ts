import { describe, expect, test } from "vitest";
import { owner, signIn } from "./client.ts";

const unknown = "biz_00000000000000000000000000";

describe("POST /businesses/me", () => {
  test("creates a business: the caller is its Owner, it is current, and they hold its first license", async () => {
    const person = await signIn();
    const { status, body } = await person.post("/businesses/me", {
      name: "  Acme ",
      website: "https://acme.example",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: "Acme",
      website: "https://acme.example",
      status: "SettingUp",
      modifiedAt: null,
      subscriptionStatus: null,
      billingState: { businessUserAssignedQuantity: 1, hasStripeCustomer: false },
    });
    expect((await person.get("/businesses/me")).body).toEqual(body);
    expect((await person.get("/businesses/me/options")).body).toEqual([
      {
        id: body.id,
        name: "Acme",
        role: "Owner",
        isCurrent: true,
        lastUsedAt: expect.any(String),
        hasPaymentMethod: false,
      },
    ]);
  });

  test.each([
    [{}, "/name"],
    [{ name: " " }, "/name"],
    [{ name: 7 }, "/name"],
    [{ name: "Acme", id: unknown }, "/id"],
    [{ name: "Acme", website: "javascript:alert(1)" }, "/website"],
    [{ name: "Acme", address: { line1: "x" } }, "/address/line2"],
    [{ name: "Acme", status: "Active" }, "/status"],
  ])("refuses %j and creates nothing", async (body, pointer) => {
    const person = await signIn();
    const answer = await person.post("/businesses/me", body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
    expect((await person.get("/businesses/me/options")).body).toEqual([]);
  });

  test("20 at once by one person: all are theirs, exactly one is current", async () => {
    const person = await signIn();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => person.post("/businesses/me", { name: `Business ${n}` })),
    );
    const created = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true);
    const { body: options } = await person.get("/businesses/me/options");
    expect(options.map(({ id }: { id: string }) => id).sort()).toEqual(created.sort());
    expect(options.filter(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toHaveLength(1);
  });
});

describe("GET /businesses/me", () => {
  test("without a business says how to get one", async () => {
    const { status, body } = await (await signIn()).get("/businesses/me");
    expect([status, body.code]).toEqual([404, "no_current_business"]);
  });

  test("another's business and one that doesn't exist answer alike", async () => {
    const [mine, other] = [await owner(), await owner()];
    const answers = await Promise.all(
      [other.businessId, unknown].map((id) => mine.get("/businesses/me", { "x-business-id": id })),
    );
    const comparable = answers.map(({ status, body }) => [status, { ...body, requestId: "", instance: "" }]);
    expect(comparable[0]).toEqual(comparable[1]);
    expect(comparable[0]?.[0]).toBe(404);
  });

  test("an X-Business-Id that is no id is a bad request", async () => {
    const { status, body } = await (await owner()).get("/businesses/me", { "x-business-id": "acme" });
    expect([status, body.errors[0]]).toEqual([
      400,
      { in: "header", pointer: "/x-business-id", reason: "must be the id of a business" },
    ]);
  });
});

describe("PUT /businesses/me", () => {
  test("changes what is given, keeps what is left out and takes back what is null", async () => {
    const person = await owner("Before");
    await person.put("/businesses/me", { description: "Two\nlines", phone: "+1 555 0100" });
    const { status, body } = await person.put("/businesses/me", { name: "After", phone: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: "After", description: "Two\nlines", phone: null });
    expect((await person.get("/businesses/me")).body).toEqual(body);
  });

  test("of nothing, or to what is so already, answers the business as it is and leaves no event", async () => {
    const person = await owner("Acme");
    const before = await person.get("/businesses/me");
    const key = { "idempotency-key": "twice" };
    for (const change of [{}, {}, { name: "Acme", website: null }]) {
      const { status, body } = await person.put("/businesses/me", change, change.name ? {} : key);
      expect([status, body]).toEqual([200, before.body]);
    }
    const events = (await person.get("/businesses/me/events")).body;
    expect(events.map(({ type }: { type: string }) => type)).toEqual(["business.created"]);
  });

  test("by X-Business-Id changes that business and leaves the current one alone", async () => {
    const person = await owner("First");
    await person.post("/businesses/me", { name: "Second" });
    await person.put("/businesses/me", { name: "Renamed" }, { "x-business-id": person.businessId });
    const names = (await person.get("/businesses/me/options")).body.map(({ name }: { name: string }) => name);
    expect(names).toEqual(["Renamed", "Second"]);
  });

  test("of another's business changes nothing", async () => {
    const [mine, other] = [await owner(), await owner("Theirs")];
    const answer = await mine.put("/businesses/me", { name: "Mine" }, { "x-business-id": other.businessId });
    expect([answer.status, answer.body.code]).toEqual([404, "business_not_found"]);
    expect((await other.get("/businesses/me")).body.name).toBe("Theirs");
  });
});

describe("POST /businesses/me/switch", () => {
  test("makes another of the caller's businesses current", async () => {
    const person = await owner("First");
    await person.post("/businesses/me", { name: "Second" });
    const { status, body } = await person.post("/businesses/me/switch", { businessId: person.businessId });
    expect([status, body.name]).toEqual([200, "First"]);
    expect((await person.get("/businesses/me")).body.name).toBe("First");
  });

  test("into another's business, or none, answers 404 and stays", async () => {
    const [mine, other] = [await owner("Mine"), await owner()];
    for (const businessId of [other.businessId, unknown, "nonsense"]) {
      const { status, body } = await mine.post("/businesses/me/switch", { businessId });
      expect([status, body.code]).toEqual([404, "business_not_found"]);
    }
    expect((await mine.get("/businesses/me")).body.name).toBe("Mine");
  });
});

describe("lists", () => {
  test("come in pages by the Link header, in one order, without a gap or a repetition", async () => {
    const person = await owner("0");
    for (const name of ["1", "2", "3", "4"]) await person.post("/businesses/me", { name });
    const names: string[] = [];
    let path: string | undefined = "/businesses/me/options?limit=2";
    while (path) {
      const { body, headers } = await person.get(path);
      expect(body.length).toBeLessThanOrEqual(2);
      names.push(...body.map(({ name }: { name: string }) => name));
      path = headers.get("link")?.match(/^<(.*)>; rel="next"$/)?.[1];
    }
    expect(names).toEqual(["0", "1", "2", "3", "4"]);
  });

  test.each(["limit=0", "limit=101", "limit=x", "limit=1.5", "cursor=abc", "cursor="])(
    "refuse ?%s",
    async (query) => {
      const { status, body } = await (await owner()).get(`/businesses/me/events?${query}`);
      expect([status, body.code]).toEqual([400, "invalid_request"]);
    },
  );

  test("refuse a cursor of another tenant, of another list, edited or cut short", async () => {
    const [mine, other] = [await owner(), await owner()];
    for (const person of [mine, other]) await person.put("/businesses/me", { name: "Again" });
    const link = (await other.get("/businesses/me/events?limit=1")).headers.get("link") ?? "";
    const cursor = new URLSearchParams(link.slice(link.indexOf("?"), link.indexOf(">"))).get("cursor") ?? "";
    expect((await other.get(`/businesses/me/events?cursor=${cursor}`)).status).toBe(200);
    const edited = `${cursor.slice(0, -2)}${cursor.endsWith("AA") ? "BB" : "AA"}`;
    const answers = await Promise.all([
      mine.get(`/businesses/me/events?cursor=${cursor}`),
      other.get(`/businesses/me/options?cursor=${cursor}`),
      other.get(`/businesses/me/events?cursor=${edited}`),
      other.get(`/businesses/me/events?cursor=${cursor.slice(0, -4)}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });
});

describe("GET /businesses/me/events", () => {
  test("tells each change once, newest first, by ids and names of fields only", async () => {
    const person = await owner("Secret Name");
    await person.put("/businesses/me", { name: "Other Secret", phone: "+1 555 0100" });
    const { body } = await person.get("/businesses/me/events");
    const { id } = (await person.get("/users/me")).body;
    expect(body).toMatchObject([
      { type: "business.updated", actorUserId: id, subjectId: person.businessId, fields: ["name", "phone"] },
      { type: "business.created", actorUserId: id, subjectId: person.businessId, fields: [] },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/Secret|555/);
  });
});
