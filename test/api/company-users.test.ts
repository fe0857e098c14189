import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { owner, signIn } from "./client.ts";

const xml = { "content-type": "application/xml" };
const asXml = { accept: "application/xml" };
const wrapped = (inner: string) => `<user_add_update_model>${inner}</user_add_update_model>`;
let people = 0;
const newEmail = () => {
  people += 1;
  return `company-user-${process.pid}-${people}@example.com`;
};

/** The text of an element, as the sender meant it. */
const textIn = (document: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(document)?.[1];

const profile = {
  account_title: "Ärztin & <Partner>",
  address: {
    id: 7,
    zip: "10115",
    city: "Berlin",
    country: 276,
    province: 11,
    address: "Straße 1",
    selected: true,
  },
  date_of_birth: "1979-12-31",
  first_name: "Zoë",
  last_name: 'O\'Neil "Z" 王',
  logo: "https://acme.example/z.png?a=1&b=2",
  phone: "+49 30 123456",
  role: "ACCOUNTING",
  state: "ACTIVE",
  time_zone_id: "Europe/Berlin",
  user_code: "zoe.1",
};
/** More digits than a double holds. */
const share = "33.33333333333333333301";

describe("a round trip: what /v2/user/add stored comes back the same through GET /v2/user/{user_code}", () => {
  const asJson = (email: string) =>
    JSON.stringify({ email, ...profile }).replace(/}$/, `,"owner_ship":${share}}`);
  const { address, ...texts } = profile;
  const escaped = (value: unknown) =>
    String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const elements = (members: object) =>
    Object.entries(members)
      .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
      .join("");
  const asDocument = (email: string) =>
    wrapped(`${elements({ email, owner_ship: share, ...texts })}<address>${elements(address)}</address>`);

  test.each([
    ["JSON", asJson, {}],
    ["XML", asDocument, xml],
  ])("sent as %s, read as both", async (_, bodyFor, headers) => {
    const boss = await owner();
    const email = newEmail();
    const added = await boss.post("/v2/user/add", bodyFor(email), headers);
    expect(added.status).toBe(201);
    expect(added.headers.get("content-type")).toBe(headers === xml ? "application/xml" : "application/json");
    const json = await boss.get("/v2/user/zoe.1");
    expect(json.body).toMatchObject({ email, ...profile, address_same_as_company: false });
    const raw = await fetch(new URL("/v2/user/zoe.1", (await import("./client.ts")).stackUrl()), {
      headers: { authorization: `Bearer ${boss.token}` },
    });
    expect(await raw.text()).toContain(`"owner_ship":${share},`);
    const document = await boss.get("/v2/user/zoe.1", asXml);
    expect(document.headers.get("content-type")).toBe("application/xml");
    expect(textIn(document.body, "owner_ship")).toBe(share);
    for (const [name, value] of Object.entries(texts)) {
      expect([name, textIn(document.body, name)]).toEqual([name, escaped(value)]);
    }
    for (const [name, value] of Object.entries(address)) {
      const inside = /<address>(.*)<\/address>/.exec(document.body)?.[1] ?? "";
      const own = name === "address" ? /<address>([^<]*)<\/address>/.exec(inside)?.[1] : textIn(inside, name);
      expect([name, own]).toEqual([name, escaped(value)]);
    }
    const again = await boss.post("/v2/user/add", document.body, xml);
    expect(again.status).toBe(200);
    expect((await boss.get("/v2/user/zoe.1")).body).toEqual(json.body);
  });

  test("the page's own XML body is read, the company's address shown, and a short-coded boolean taken", async () => {
    const boss = await owner();
    const address = {
      line1: "1 Main",
      line2: null,
      city: "Springfield",
      state: "IL",
      postalCode: "62701",
      country: "US",
    };
    await boss.put("/businesses/me", { address });
    const email = newEmail();
    const body = wrapped(
      `<account_title>string</account_title><address/><address_same_as_company>1</address_same_as_company><email>${email}</email><owner_ship>1.01</owner_ship><role>MANAGER</role><send_email>0</send_email><state>ACTIVE</state>`,
    );
    expect(
      (await boss.post("/v2/user/add", body, { ...xml, accept: "application/json" })).body,
    ).toMatchObject({
      account_title: "string",
      address: { zip: "62701", city: "Springfield", address: "1 Main" },
      address_same_as_company: true,
      owner_ship: 1.01,
      role: "MANAGER",
    });
  });
});

describe("XML bombs, external entities, a 10 MB XML, wrong encodings", () => {
  const notXml = "not well-formed XML in UTF-8 without a document type";
  const user = (more = "") => wrapped(`<email>${newEmail()}</email>${more}`);
  const bomb = `<!DOCTYPE x [<!ENTITY a "${"a".repeat(1_000)}"><!ENTITY b "${"&a;".repeat(1_000)}"><!ENTITY c "${"&b;".repeat(1_000)}">]>${user("<first_name>&c;</first_name>")}`;
  const external = `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${user("<first_name>&e;</first_name>")}`;
  const cases: [string, string | Uint8Array, Record<string, string>, number, string][] = [
    ["a bomb of entities", bomb, xml, 422, notXml],
    ["an external entity", external, xml, 422, notXml],
    [
      "an external document type",
      `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">${user()}`,
      xml,
      422,
      notXml,
    ],
    ["10 MB", user(`<first_name>${"x".repeat(10_000_000)}</first_name>`), xml, 413, ""],
    ["300 KB", user(`<first_name>${"x".repeat(300_000)}</first_name>`), xml, 413, ""],
    ["50,000 deep", user("<a>".repeat(50_000)), xml, 422, notXml],
    ["UTF-16", Buffer.from(`\uFEFF${user()}`, "utf16le"), xml, 422, notXml],
    ["Latin-1", Buffer.from(user("<first_name>Ä</first_name>"), "latin1"), xml, 422, notXml],
    ["an encoding that it isn't in", `<?xml version="1.0" encoding="UTF-16"?>${user()}`, xml, 422, notXml],
    ["XML said to be JSON", user(), {}, 422, "JSON"],
    ["an unknown element", user("<surprise>1</surprise>"), xml, 422, "surprise"],
    ["another type", user(), { "content-type": "text/plain" }, 415, ""],
  ];

  test.each(cases)("%s", async (_, body, headers, expected, sentence) => {
    const boss = await owner();
    const asJson = { ...headers, accept: "application/json" };
    const { status, body: answer } = await boss.post("/v2/user/add", body, asJson);
    expect(status).toBe(expected);
    expect(JSON.stringify(answer)).toContain(sentence);
    expect((await boss.get("/businesses/me/users")).body).toHaveLength(1);
    const harmless = await boss.post("/v2/user/add", user("<first_name>Ä</first_name>"), {
      ...xml,
      accept: "application/json",
    });
    expect([harmless.status, harmless.body.first_name], "the same without the attack").toEqual([201, "Ä"]);
  });

  test("are answered in the dialect: XML to whom sends it, naming the field", async () => {
    const boss = await owner();
    const answer = await boss.post(
      "/v2/user/add",
      wrapped("<email>a@b.example</email><role>KING</role>"),
      xml,
    );
    expect([answer.status, answer.headers.get("content-type")]).toEqual([422, "application/xml"]);
    expect(answer.body).toMatch(/^<\?xml[^>]+>\n<error><code>invalid_request<\/code><message>[^<]+</);
    expect(answer.body).toContain(
      "<errors><field>role</field><message>must be one of ACCOUNT_OWNER, MANAGER",
    );
  });
});

test("send_email puts a mail into the mailbox, sent by the very function that added them", async () => {
  const boss = await owner("Bernoulli & Sons");
  const email = newEmail();
  await boss.post("/v2/user/add", { email, send_email: true, ssn: "078-05-1120" });
  const { stackUrl } = await import("./client.ts");
  const mails = (await (await fetch(`${stackUrl()}/_local/mail?to=${email}`)).json()) as {
    subject: string;
  }[];
  expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining("Bernoulli & Sons")]);
  const nora = await signIn({ email });
  expect((await nora.get("/users/me")).body.business.name).toBe("Bernoulli & Sons");
});

test("INACTIVE, ACTIVE and another code: each is allowed to the function, and a repetition gets the same answer", async () => {
  const boss = await owner();
  const email = newEmail();
  const add = (body: object, headers = {}) => boss.post("/v2/user/add", { email, ...body }, headers);
  const seats = async () => (await boss.get("/businesses/me/licenses")).body.seats;
  const key = { "idempotency-key": email };
  const first = await add({ state: "INACTIVE", user_code: "one", owner_ship: 12.5, ssn: "078-05-1120" }, key);
  const second = await add(
    { state: "INACTIVE", user_code: "one", owner_ship: 12.5, ssn: "078-05-1120" },
    key,
  );
  expect([first.status, first.body, await seats()]).toEqual([201, second.body, 1]);
  expect([(await add({ state: "ACTIVE", user_code: "two" })).status, await seats()]).toEqual([200, 2]);
  expect((await boss.get("/v2/user/one")).status).toBe(404);
  expect((await boss.get("/v2/user/two")).body).toMatchObject({ email, state: "ACTIVE", owner_ship: 12.5 });
  expect([(await add({ state: "INACTIVE" })).status, await seats()]).toEqual([200, 1]);
});
