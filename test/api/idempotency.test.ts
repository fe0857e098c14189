import { describe, expect, test } from "vitest";
import { owner, signIn, stackUrl } from "./client.ts";

let count = 0;
const newKey = () => {
  count += 1;
  return { "idempotency-key": `key-${process.pid}-${count}` };
};

/** The mails that were sent to an address. */
async function mailsTo(email: string): Promise<{ text: string }[]> {
  const found = await fetch(`${stackUrl()}/_local/mail?to=${encodeURIComponent(email)}`);
  return (await found.json()) as { text: string }[];
}

describe("Idempotency-Key", () => {
  test("the same request twice makes one change and gets one answer", async () => {
    const person = await signIn();
    const key = newKey();
    const first = await person.post("/businesses/me", { name: "Once" }, key);
    const second = await person.post("/businesses/me", { name: "Once" }, key);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect((await person.get("/businesses/me/options")).body).toHaveLength(1);
  });

  test("20 at once make one change; the others get its answer or are told to ask again", async () => {
    const person = await signIn();
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => person.post("/businesses/me", { name: "Once" }, key)),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, body, headers } of answers) {
      if (status === 201) continue;
      expect([status, body.code, headers.get("retry-after")]).toEqual([409, "request_in_progress", "1"]);
    }
    expect((await person.get("/businesses/me/options")).body).toHaveLength(1);
  });

  test("with another body answers 422 and changes nothing", async () => {
    const person = await signIn();
    const key = newKey();
    await person.post("/businesses/me", { name: "First" }, key);
    const { status, body } = await person.post("/businesses/me", { name: "Second" }, key);
    expect([status, body.code]).toEqual([422, "idempotency_key_reused"]);
    expect((await person.get("/businesses/me/options")).body).toHaveLength(1);
  });

  test("belongs to one person, one route and one business", async () => {
    const key = newKey();
    const [one, two] = [await owner(), await owner()];
    const answers = [
      await one.put("/businesses/me", { name: "A" }, key),
      await two.put("/businesses/me", { name: "B" }, key),
      await one.put("/businesses/me", { name: "C" }, { ...key, "x-business-id": one.businessId }),
      await one.put("/users/me", { name: "D" }, key),
    ];
    expect(answers.map(({ status, body }) => [status, body.name])).toEqual([
      [200, "A"],
      [200, "B"],
      [200, "C"],
      [200, "D"],
    ]);
  });

  test("refusals are not recorded: the same key works once the cause is gone", async () => {
    const [boss, late] = [await owner(), await signIn()];
    const key = newKey();
    expect((await boss.post("/businesses/me/users", { email: late.email }, key)).status).toBe(404);
    await late.get("/users/me");
    expect((await boss.post("/businesses/me/users", { email: late.email }, key)).status).toBe(200);
    expect((await boss.post("/businesses/me/users", { email: late.email }, key)).status).toBe(200);
    expect((await boss.get("/businesses/me")).body.billingState.businessUserAssignedQuantity).toBe(2);
  });

  test("answers who has left as it answered before", async () => {
    const [boss, person] = [await owner(), await signIn()];
    const { id } = (await person.get("/users/me")).body;
    await boss.post("/businesses/me/users", { userId: id });
    const key = newKey();
    expect((await person.delete(`/businesses/me/users/${id}`, undefined, key)).status).toBe(204);
    expect((await person.delete(`/businesses/me/users/${id}`, undefined, key)).status).toBe(204);
  });

  test("20 invitations at once are one, with one license and one mail", async () => {
    const [boss, guest] = [await owner(), await signIn()];
    const key = newKey();
    const invite = () => boss.post("/businesses/me/invitations", { email: guest.email }, key);
    const answers = await Promise.all(Array.from({ length: 20 }, invite));
    const invited = answers.filter(({ status }) => status === 200);
    expect(new Set(invited.map(({ body }) => body.id)).size).toBe(1);
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.every(({ body }) => body.code === "request_in_progress")).toBe(true);
    expect((await invite()).body).toEqual(invited[0]?.body);
    expect(await mailsTo(guest.email)).toHaveLength(1);
    expect((await boss.get("/businesses/me")).body.billingState.businessUserAssignedQuantity).toBe(2);
  });

  test.each([
    ["accept", 200],
    ["decline", 204],
  ])("to %s an invitation again answers as before", async (answer, status) => {
    const [boss, guest] = [await owner(), await signIn()];
    await boss.post("/businesses/me/invitations", { email: guest.email });
    const [{ text = "" } = {}] = await mailsTo(guest.email);
    const token = /\/invitations\/([\w-]+)/.exec(text)?.[1];
    const key = newKey();
    const send = () => guest.post(`/businesses/invitations/${answer}`, { token }, key);
    const [first, again, another] = [
      await send(),
      await send(),
      await guest.post(`/businesses/invitations/${answer}`, { token }),
    ];
    expect([first.status, again.status, again.body]).toEqual([status, status, first.body]);
    expect([another.status, another.body.code]).toEqual([409, "invitation_not_open"]);
  });

  test("a bulk call again invites nobody twice, and answers for each as before", async () => {
    const boss = await owner();
    const invitations = ["a", "b", "c"].map((name) => ({ email: `${name}-${process.pid}@example.com` }));
    const key = newKey();
    const send = () => boss.post("/businesses/me/invitations/bulk", { invitations }, key);
    const [first, again] = [await send(), await send()];
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(first.body.map(({ error }: { error: unknown }) => error)).toEqual([null, null, null]);
    expect((await boss.get("/businesses/me/invitations")).body).toHaveLength(3);
  });

  test.each(["", " ", "a b", "ü", "x".repeat(256)])("%j is refused as a key", async (value) => {
    const person = await signIn();
    const encoded = Buffer.from(value, "utf8").toString("latin1");
    const { status, body } = await person.post(
      "/businesses/me",
      { name: "A" },
      { "idempotency-key": encoded },
    );
    expect([status, body.errors[0].pointer]).toEqual([400, "/idempotency-key"]);
  });
});
