import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { bearsToken } from "../../shared/endpoint/caller.ts";
import { sealCursor } from "../../shared/endpoint/cursor.ts";
import { failuresOf } from "../../shared/endpoint/endpoint.ts";
import { type Person, request, signIn, stackUrl, tokenFor } from "./client.ts";
import { bodyOf, memberOf, pathOf, statusIn } from "./registry.ts";

/** What holds for every endpoint of the registry, also for those that are still to come. */
const all = Object.entries(endpoints).filter(([, { specification }]) => specification.route !== "$default");
const signedIn = all.filter(([, { specification }]) => bearsToken(specification.caller));
const ofMembers = signedIn.filter(([, { specification }]) => specification.caller.kind === "member");
const changes = signedIn.filter(([, { specification }]) => !specification.route.startsWith("GET"));
const withBody = signedIn.filter(([, { specification }]) => specification.body);
const paged = signedIn.filter(([, { specification }]) => specification.paged);
const methodOf = (key: string) => endpoints[key]?.specification.route.split(" ")[0] ?? "";

/** Half a character in a text of a body; undefined where that has none. */
function spoilText(valid: object): string | undefined {
  const text = JSON.stringify(valid);
  return text.includes(':"') ? text.replace(':"', ':"\\ud800') : undefined;
}

/** A body with a member more, where that is none of its own. */
function smuggle(valid: object, name: string): object {
  return name in valid ? { ...valid, surprise: 1 } : { ...valid, [name]: "usr_00000000000000000000000000" };
}

/** The list that a cursor is bound to, which anybody can work out. */
function scopeOf(key: string, businessId: string, userId: string): string {
  const { route, caller } = endpoints[key]?.specification ?? {};
  return `${route} ${caller?.kind === "member" ? businessId : userId}`;
}

/** Gives somebody two of whatever is listed, for which they own two businesses, and so does another who invites them. */
async function longLists(whose: Person, header: Record<string, string>, by: Person): Promise<void> {
  const invitations = [{ email: "anna@example.com" }, { email: "ben@example.com" }];
  await whose.post("/businesses/me/invitations/bulk", { invitations }, header);
  for (const name of ["Third", "Fourth"]) {
    await by.post("/businesses/me", { name });
    await by.post("/businesses/me/invitations", { email: whose.email });
  }
}

async function ask(key: string, token: string, headers: Record<string, string> = {}, businessId?: string) {
  const body = bodyOf(key, businessId);
  return request(methodOf(key), pathOf(key), {
    body,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
}

describe("no token that isn't valid gets past the entry", async () => {
  const claims = { iss: "https://issuer.tenantry.local", aud: "tenantry-local", sub: "mallory" };
  // Years ahead, since the run's clock is moved: it is not for its age that any of these is refused.
  const exp = Math.floor(Date.now() / 1_000) + 315_360_000;
  const stranger = await generateKeyPair("ES256");
  const jwks = await fetch(`${stackUrl()}/_local/issuer/.well-known/jwks.json`).then((answer) =>
    answer.text(),
  );
  const [publicKey] = JSON.parse(jwks).keys;
  const sign = (payload: object, kid = publicKey.kid) =>
    new SignJWT({ ...claims, exp, ...payload })
      .setProtectedHeader({ alg: "ES256", kid })
      .sign(stranger.privateKey);
  const tokens: [string, () => Promise<string> | string][] = [
    ["garbage", () => "a.b.c"],
    ["another's signature", () => sign({})],
    ["another issuer", () => sign({ iss: "https://evil.example.com" })],
    ["another audience", () => sign({ aud: "other" })],
    ["an expired token", () => tokenFor({ email: "late@example.com", expiresIn: -3_600 })],
    ["alg none", () => new UnsecuredJWT({ ...claims, exp }).encode()],
    [
      "HS256 signed with the public key",
      () =>
        new SignJWT({ ...claims, exp })
          .setProtectedHeader({ alg: "HS256", kid: publicKey.kid })
          .sign(Buffer.from(JSON.stringify(publicKey))),
    ],
  ];

  test.each(signedIn.map(([key]) => key))("%s", async (key) => {
    for (const [what, make] of tokens) {
      const { status, body } = await ask(key, await make());
      expect([what, status, body.code]).toEqual([what, 401, "unauthenticated"]);
    }
    const { status, body } = await request(methodOf(key), pathOf(key), { body: bodyOf(key) });
    expect([status, body]).toEqual([401, { message: "Unauthorized" }]);
  });

  test("a flood of unknown key ids", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => ask("users/get-me", await sign({}, `unknown-${n}`))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  });
});

describe("a role without the permission gets 403 and changes nothing", () => {
  test.each(ofMembers.map(([key]) => key))("%s", async (key) => {
    const { specification } = endpoints[key] ?? {};
    if (specification?.caller.kind !== "member") return;
    const { least } = await import("../../shared/domain/permissions.ts").then(
      ({ permissions }) =>
        permissions[
          specification.caller.kind === "member" ? specification.caller.permission : "business.read"
        ],
    );
    if (least === "Agent") return; // every member may
    const { person, boss, businessId } = await memberOf(least === "Owner" ? "Admin" : "Agent");
    const before = await boss.get("/businesses/me/events");
    const { status, body } = await ask(key, person.token, {}, businessId);
    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect(JSON.stringify(body), "says which role it takes").toMatch(
      /Needs a role of at least (Admin|Owner)/,
    );
    expect((await boss.get("/businesses/me/events")).body).toEqual(before.body);
  });
});

describe("another tenant's business and an unknown one answer alike", () => {
  let mine: Person;
  let theirs: { businessId: string };
  beforeAll(async () => {
    mine = (await memberOf("Owner")).person;
    theirs = await memberOf("Owner");
  });

  test.each(ofMembers.map(([key]) => key))("%s", async (key) => {
    const answers = await Promise.all(
      [theirs.businessId, "biz_00000000000000000000000000"].map((id) =>
        ask(key, mine.token, { "x-business-id": id }, id),
      ),
    );
    const [one, other] = answers.map(({ status, body }) => [
      status,
      { ...body, requestId: "", instance: "", request_id: "" },
    ]);
    expect(one).toEqual(other);
    expect([one?.[0], answers[0]?.body.code]).toEqual([404, "business_not_found"]);
  });
});

describe("what is wrong with a body is refused, and changes nothing", () => {
  const bad: [string, (valid: object) => unknown, Record<string, string>, number][] = [
    ["an unknown member", (valid) => ({ ...valid, surprise: 1 }), {}, 400],
    ["an id where none belongs", (valid) => ({ ...valid, id: "usr_00000000000000000000000000" }), {}, 400],
    ["__proto__", (valid) => `{"__proto__": {}, ${JSON.stringify(valid).slice(1)}`, {}, 400],
    ["a userId where none belongs", (valid) => smuggle(valid, "userId"), {}, 400],
    ["a businessId where none belongs", (valid) => smuggle(valid, "businessId"), {}, 400],
    ["a role where none belongs", (valid) => smuggle(valid, "role"), {}, 400],
    [
      "members of the wrong type",
      (valid) =>
        Object.fromEntries(
          Object.entries(valid).map(([name, value]) => [name, typeof value === "number" ? "5" : 5]),
        ),
      {},
      400,
    ],
    ["half a character", spoilText, {}, 400],
    ["an array", () => [], {}, 400],
    ["null", () => "null", {}, 400],
    ["no JSON", () => "{", {}, 400],
    ["too much", (valid) => ({ ...valid, surprise: "x".repeat(300_000) }), {}, 413],
    ["another content type", (valid) => valid, { "content-type": "text/plain" }, 415],
  ];

  test.each(withBody.map(([key]) => key))("%s", async (key) => {
    const { person, businessId } = await memberOf("Owner");
    const before = await Promise.all(
      ["/users/me", "/businesses/me", "/businesses/me/events"].map((path) => person.get(path)),
    );
    for (const [what, spoil, headers, expected] of bad) {
      const body = spoil((bodyOf(key, businessId) ?? {}) as object);
      if (body === undefined) continue;
      const authorization = `Bearer ${person.token}`;
      const answer = await request(methodOf(key), pathOf(key), {
        body,
        headers: { authorization, ...headers },
      });
      const status = statusIn(key, { code: "", title: "", status: expected });
      expect([what, answer.status]).toEqual([what, status]);
    }
    const after = await Promise.all(
      ["/users/me", "/businesses/me", "/businesses/me/events"].map((path) => person.get(path)),
    );
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
  });
});

describe("every list refuses a cursor that isn't its own: another tenant's, edited, cut short or made up", () => {
  test.each(paged.map(([key]) => key))("%s", async (key) => {
    const { person } = await memberOf("Owner");
    const { boss: other } = await memberOf("Agent");
    await other.post("/businesses/me", { name: "Second" });
    const header = { "x-business-id": (await other.get("/businesses/me/options")).body[0].id };
    await longLists(other, header, person);
    const link = (await other.get(`${pathOf(key)}?limit=1`, header)).headers.get("link") ?? "";
    const theirs = /cursor=([^&>]+)/.exec(link)?.[1] ?? "";
    expect((await other.get(`${pathOf(key)}?cursor=${theirs}`, header)).status).toBe(200);
    const forged = sealCursor(
      scopeOf(key, (await person.get("/businesses/me")).body.id, (await person.get("/users/me")).body.id),
      "AAA",
    );
    const edited = `${theirs.slice(0, -2)}${theirs.endsWith("AA") ? "BB" : "AA"}`;
    for (const cursor of [theirs, edited, theirs.slice(0, -3), forged, "x", "AAAA"]) {
      const answer = await person.get(`${pathOf(key)}?cursor=${cursor}`);
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, "/cursor"]);
    }
  });
});

describe("every change takes an Idempotency-Key", () => {
  test.each(changes.map(([key]) => key))("%s declares it, and words its answer anew", (key) => {
    expect([Boolean(endpoints[key]?.specification.repeat), Boolean(endpoints[key]?.rebuild)]).toEqual([
      true,
      true,
    ]);
  });
});

test("every endpoint declares each failure once, and none beyond the closed table", async () => {
  const table = new Set(Object.values(await import("../../shared/domain/failures.ts")));
  for (const [, { specification }] of all) {
    const declared = failuresOf(specification);
    expect(new Set(declared.map(({ code }) => code)).size).toBe(declared.length);
    for (const failure of declared) expect(table).toContain(failure);
  }
});

test("somebody who has just signed in is shown what is theirs by every read", async () => {
  const person = await signIn();
  for (const [key, { specification }] of signedIn) {
    if (!specification.route.startsWith("GET")) continue;
    const { status } = await ask(key, person.token);
    expect([200, 404]).toContain(status);
  }
});
