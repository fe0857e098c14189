import { describe, expect, test, vi } from "vitest";
import { advance, local, owner, request, signIn } from "./client.ts";

/** Invitations as they are deployed: bundles, roles, schedules, SES and its events; the clock is moved. */
interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

let guests = 0;
const guest = () => `invited-${process.pid}-${++guests}@example.com`;

const mailsTo = (email: string): Promise<Mail[]> => local(`mail?to=${encodeURIComponent(email)}`);

const tokenIn = (mail: Mail | undefined) => /\/invitations\/([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";

/** Reads until what an event or a job does has been done. */
const eventually = <T>(read: () => Promise<T>) => vi.waitFor(read, { timeout: 15_000, interval: 100 });

/** A business whose Owner has invited somebody, and the token of the mail. */
async function invited(email = guest()) {
  const boss = await owner("Acme", { name: "Olga Owner" });
  const { status, body } = await boss.post("/businesses/me/invitations", { email, role: "Admin" });
  expect(status).toBe(200);
  const mails = await mailsTo(email);
  return { boss, email, invitation: body, mails, token: tokenIn(mails[0]) };
}

describe("an invitation, end to end", () => {
  test("invite, look, accept: the license passes on, and the business shows its new member", async () => {
    const { boss, email, invitation, mails, token } = await invited();
    expect(invitation).toMatchObject({ status: "Pending", role: "Admin", email, licenseQuantity: "2" });
    expect(invitation.sentAt).not.toBeNull();
    expect(mails).toHaveLength(1);
    const looked = await request("GET", `/businesses/invitations/token/${token}`);
    expect(looked.status).toBe(200);
    expect(Object.keys(looked.body).sort()).toEqual(
      ["businessName", "role", "inviterName", "expiresAt", "safeMessage"].sort(),
    );
    expect(looked.body).toMatchObject({ role: "Admin", inviterName: "Olga Owner" });
    const person = await signIn({ email });
    const { body: mine } = await person.get("/users/me/invitations");
    expect(mine).toMatchObject([{ invitationId: invitation.id, businessId: invitation.businessId }]);
    const accepted = await person.post("/businesses/invitations/accept", { token, firstName: "Ina" });
    expect([accepted.status, accepted.body.role, accepted.body.licenseQuantity]).toEqual([200, "Admin", "2"]);
    expect((await person.get("/businesses/me")).body.id).toBe(invitation.businessId);
    expect((await boss.get(`/businesses/me/invitations/${invitation.id}`)).body.status).toBe("Accepted");
    expect((await person.get("/users/me/invitations")).body).toEqual([]);
  });

  test("50 parallel accepts of one token over HTTP: one membership, one license, 49 clear answers", async () => {
    const { boss, email, token } = await invited();
    const person = await signIn({ email });
    await person.get("/users/me");
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => person.post("/businesses/invitations/accept", { token })),
    );
    const codes = answers.map(({ status, body }) => (status === 200 ? "done" : body.code));
    // Whoever finds all functions busy hears that, and may ask again.
    expect(codes.filter((code) => code === "done")).toHaveLength(1);
    expect(codes.every((code) => ["done", "invitation_not_open", "busy"].includes(code))).toBe(true);
    const { body } = await boss.get("/businesses/me/users");
    expect(body.map((member: { licenseQuantity: string }) => member.licenseQuantity)).toEqual(["2", "2"]);
  });

  test("a bulk call's mails follow within a minute, from the job", async () => {
    const boss = await owner("Acme");
    const emails = [guest(), "not an email", guest(), guest()];
    const { status, body } = await boss.post("/businesses/me/invitations/bulk", {
      invitations: emails.map((email) => ({ email })),
    });
    expect(status).toBe(200);
    expect(body.map(({ error }: { error: { code: string } | null }) => error?.code)).toEqual([
      undefined,
      "invalid_request",
      undefined,
      undefined,
    ]);
    await advance("PT1M");
    for (const email of [emails[0], emails[2], emails[3]]) {
      await eventually(async () => expect(await mailsTo(email ?? "")).toHaveLength(1));
    }
  });

  test.each([
    ["bounce", "Failed to send"],
    ["complaint", "Failed to send"],
    ["suppressionlist", "Failed to send"],
    ["success", "Pending"],
  ])("what SES's simulator does for %s@ comes back through EventBridge: %s", async (name, status) => {
    const boss = await owner("Acme");
    const email = `${name}+${process.pid}@simulator.amazonses.com`;
    const { body } = await boss.post("/businesses/me/invitations", { email });
    const shown = await eventually(async () => {
      const found = await boss.get(`/businesses/me/invitations/${body.id}`);
      expect(found.body.deliveredAt ?? found.body.sendFailureReason).not.toBeNull();
      return found.body;
    });
    expect(shown.status).toBe(status);
    expect(shown.licenseQuantity).toBe(status === "Pending" ? "2" : "1");
  });

  test("SES down when somebody is invited: the answer is 200, and the mail follows when it is back", async () => {
    const faults = (body: object) => local("ses/faults", body);
    await faults({ down: true });
    const { email, invitation, mails } = await invited();
    expect([invitation.status, invitation.sentAt, mails]).toEqual(["Pending", null, []]);
    await faults({ down: false });
    await advance("PT6M");
    await advance("PT1M");
    await eventually(async () => expect(await mailsTo(email)).toHaveLength(1));
  });
});

describe("unknown, edited and truncated tokens get one and the same 404", () => {
  test("as a link, and as an answer", async () => {
    const { token, email } = await invited();
    const person = await signIn({ email });
    const flipped = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    const other = (await invited()).token;
    const foreign = token.slice(0, 70) + other.slice(70);
    const tokens = [
      flipped,
      foreign,
      token.slice(0, -1),
      token.slice(0, 40),
      `${token}A`,
      "x",
      "%00",
      "..%2f",
    ];
    const answers = await Promise.all(
      tokens.map((text) => request("GET", `/businesses/invitations/token/${text}`)),
    );
    for (const { status, body } of answers) {
      expect([status, body.code, body.detail]).toEqual([
        404,
        "invitation_not_found",
        "There is no such invitation.",
      ]);
    }
    for (const text of tokens.filter((one) => !one.includes("%"))) {
      const { status, body } = await person.post("/businesses/invitations/accept", { token: text });
      expect([status, body.code]).toEqual([404, "invitation_not_found"]);
    }
  });
});
