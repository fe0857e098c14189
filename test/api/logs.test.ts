import { expect, test } from "vitest";
import { signIn, stackLogs } from "./client.ts";

test("no token, email or name is in any log line, whatever is asked", async () => {
  const canaries = [
    "canary-mail",
    "CanaryName",
    "canary-subject",
    "CanaryBusiness",
    "555-0177",
    "canary-path",
    "canary-key",
  ];
  const person = await signIn({
    email: "canary-mail@example.com",
    name: "CanaryName",
    subject: "canary-subject",
  });
  const other = await signIn({ email: "canary-mail-2@example.com", name: "CanaryName Two" });
  await other.get("/users/me");
  const key = { "idempotency-key": "canary-key" };
  const { body } = await person.post("/businesses/me", { name: "CanaryBusiness" }, key);
  await person.put("/users/me", { phone: "+1 555-0177", email: "canary-mail@example.com" });
  await person.post("/businesses/me/users", { email: "canary-mail-2@example.com" });
  await person.post("/businesses/me/users", { email: "canary-mail-3@example.com" });
  await person.get("/businesses/me/users?email=canary-mail-2@example.com");
  await person.post("/businesses/me", '{"CanaryName": "CanaryBusiness');
  await person.post("/businesses/me", { name: "CanaryBusiness", CanaryName: 1 });
  await person.get("/canary-path/CanaryName?email=canary-mail@example.com");
  await person.get("/businesses/me/users/canary-path", { "x-business-id": body.id });
  await person.get("/users/me", { authorization: `${person.token}broken`, "user-agent": "CanaryName" });
  const lines = stackLogs();
  expect(lines).toMatch(/"route":"POST \/businesses\/me"/);
  for (const canary of [...canaries, person.token, person.token.split(".")[2] ?? ""])
    expect(lines).not.toContain(canary);
});
