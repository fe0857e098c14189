import { createHash } from "node:crypto";
import { expect, test, vi } from "vitest";
import { advance, local, type Person, signIn, stackLogs } from "./client.ts";
import type { Answer } from "./contract.ts";

/** Every answer of the API, as text: headers and body. */
const answers: string[] = [];
async function asked(asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking;
  answers.push(JSON.stringify([[...answer.headers], answer.body]));
  return answer;
}

/** The tokens mailed to an address, once there are so many. */
async function tokensTo(email: string, count: number): Promise<string[]> {
  return vi.waitFor(
    async () => {
      const mails: { text: string }[] = await local(`mail?to=${encodeURIComponent(email)}`);
      expect(mails).toHaveLength(count);
      return mails.map(({ text }) => /\/invitations\/([\w-]+)/.exec(text)?.[1] ?? "");
    },
    { timeout: 15_000, interval: 100 },
  );
}

async function readAll(person: Person): Promise<void> {
  for (const path of ["users/me/invitations", "businesses/me/invitations", "businesses/me/events"])
    await asked(person.get(`/${path}?limit=100`));
}

const once = { "idempotency-key": "canary-once" };

test("an invitation's tokens and their hashes are in no answer, event and log line; its address in no log line and event", async () => {
  const owner = await signIn({ email: "owner@example.com", name: "CanaryOwner" });
  const invited = await signIn({ email: "canary-invited@example.com", name: "CanaryInvited" });
  const other = await signIn({ email: "canary-other@example.com" });
  await asked(owner.post("/businesses/me", { name: "CanaryBusiness" }));
  const path = "/businesses/me/invitations";
  for (let n = 0; n < 2; n += 1) await asked(owner.post(path, { email: invited.email, role: "Admin" }, once));
  const { id } = JSON.parse(answers.at(-1) ?? "")[1];
  const [token = ""] = await tokensTo(invited.email, 1);

  const bounced = "bounce+canary-bounced@simulator.amazonses.com";
  await asked(owner.post(path, { email: bounced }));
  await asked(owner.post(path, { email: invited.email }));
  await asked(owner.post(path, { email: "canary-not-an-email" }));
  await asked(owner.post(`${path}/bulk`, { invitations: [{ email: other.email }, { email: "canary-bad" }] }));
  await asked(owner.get(`${path}/canary-path`));
  await asked(other.get(`/businesses/invitations/token/${token}`));
  await asked(other.get(`/businesses/invitations/token/${token}A`));
  await asked(other.get(`/businesses/invitations/token/${token}/canary-path`));
  await asked(other.post("/businesses/invitations/accept", { token }));
  await asked(other.post("/businesses/invitations/decline", { token: `${token}A` }));
  await asked(other.post("/businesses/invitations/accept", `{"token": "${token}"`));
  await readAll(invited);

  await advance("PT3M");
  await asked(owner.post(`${path}/${id}/resend`, undefined, once));
  await readAll(owner);
  const tokens = [
    ...(await tokensTo(invited.email, 2)),
    ...(await tokensTo(bounced, 1)),
    ...(await tokensTo(other.email, 1)), // the job's
  ];
  await asked(invited.post("/businesses/invitations/accept", { token, firstName: "CanaryFirst" }, once));
  const [, , , ofOther = ""] = tokens;
  await asked(other.post("/businesses/invitations/decline", { token: ofOther }));
  await asked(owner.delete(`${path}/${id}`));
  await vi.waitFor(async () => {
    const { body } = await asked(owner.get(`${path}?status=Failed%20to%20send`));
    expect(body).toMatchObject([{ email: bounced }]);
  });
  await readAll(owner);

  expect(tokens.every((it) => /^[\w-]{112}$/.test(it))).toBe(true);
  const lines = stackLogs();
  expect(lines).toContain("GET /businesses/invitations/token/{token}");
  expect(lines).toMatch(/"route":"POST \/businesses\/invitations\/accept","status":200/);
  const hashed = (["base64url", "base64", "hex"] as const).flatMap((form) =>
    tokens.map((it) => createHash("sha256").update(it).digest(form)),
  );
  // Not even the part of it that is secret.
  const secrets = tokens.flatMap((it) => [it, it.slice(70)]);
  for (const secret of [...secrets, ...hashed]) {
    expect(answers.filter((it) => it.includes(secret))).toEqual([]);
    expect(lines.split("\n").filter((it) => it.includes(secret))).toEqual([]);
  }
  for (const canary of ["canary-", "Canary"])
    expect(lines.split("\n").filter((it) => it.includes(canary))).toEqual([]);
  const { body: events } = await owner.get("/businesses/me/events?limit=100");
  expect(JSON.stringify(events)).not.toMatch(/canary|@/i);
  expect(events.map(({ type }: { type: string }) => type)).toEqual(
    expect.arrayContaining([
      "invitation.sent",
      "invitation.failed",
      "invitation.accepted",
      "invitation.declined",
    ]),
  );
});
