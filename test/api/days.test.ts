import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { advance, local, owner } from "./client.ts";
import { OwnStack } from "./own-stack.ts";

/** What takes days, on a stack whose clock nobody else goes by. */
const stack = new OwnStack();
beforeAll(() => stack.start());
afterAll(() => stack.remove());

const eventually = <T>(read: () => Promise<T>) => vi.waitFor(read, { timeout: 15_000, interval: 100 });

test("the README's first session works word for word", () => {
  const readme = readFileSync("README.md", "utf8");
  const [, session = ""] = /## A first session[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(session).toContain("http://localhost:3000");
  const script = session.replace("http://localhost:3000", stack.url);
  const { stdout, status } = spawnSync("bash", ["-e", "-c", script], { encoding: "utf8" });
  expect(status).toBe(0);
  const answers = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const problems = answers.filter(({ code }) => code);
  expect(problems).toMatchObject([
    { code: "invalid_request", errors: [{ pointer: "/name" }, { pointer: "/nome" }] },
  ]);
  expect(answers.at(-2)).toEqual({ now: expect.any(String), offsetMs: 8 * 86_400_000 });
  expect(answers.at(-1)).toMatchObject([{ email: "nobody@example.com", status: "Expired" }]);
});

test("an ignored invitation is reminded of, and expires when the clock moves; its license is given back", async () => {
  const boss = await owner("Acme", {}, stack.url);
  const email = `ignored-${process.pid}@example.com`;
  const { body: invitation } = await boss.post("/businesses/me/invitations", { email, role: "Admin" });
  const mails = () => local(`mail?to=${email}`, undefined, stack.url);
  await advance("P5D", stack.url);
  await advance("PT1M", stack.url);
  await eventually(async () => expect(await mails()).toHaveLength(2));
  await advance("P2D", stack.url);
  await advance("PT1M", stack.url);
  const { body } = await eventually(async () => {
    const shown = await boss.get(`/businesses/me/invitations/${invitation.id}`);
    expect(shown.body.licenseReleasedAt).not.toBeNull();
    return shown;
  });
  expect([body.status, body.licenseQuantity]).toEqual(["Expired", "1"]);
  const { body: events } = await boss.get("/businesses/me/events");
  const types = events.map(({ type }: { type: string }) => type);
  for (const type of ["invitation.created", "invitation.sent", "invitation.reminded", "invitation.expired"]) {
    expect(types).toContain(type);
  }
  expect((await boss.get("/businesses/me/invitations?status=Expired")).body).toHaveLength(1);
  expect((await boss.get("/businesses/me/invitations?status=Pending")).body).toEqual([]);
});
