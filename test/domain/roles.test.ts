import { describe, expect, test } from "vitest";
import { accesses, ranksAtLeast, roleOf } from "../../shared/domain/accesses.ts";
import * as failures from "../../shared/domain/failures.ts";
import { displayName, profileRoles } from "../../shared/domain/people.ts";
import { accessesWith, permissions } from "../../shared/domain/permissions.ts";

describe("roles", () => {
  test("rank Owner above Admin above Agent, and each at least as itself", () => {
    expect(ranksAtLeast("Owner", "Admin") && ranksAtLeast("Admin", "Agent")).toBe(true);
    expect(ranksAtLeast("Agent", "Admin") || ranksAtLeast("Admin", "Owner")).toBe(false);
    expect(ranksAtLeast("Admin", "Admin")).toBe(true);
  });

  test("follow from accesses, whose ids are unique", () => {
    expect([roleOf("manager"), roleOf("accounting")]).toEqual(["Admin", "Agent"]);
    const ids = Object.values(accesses).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("permissions", () => {
  test("go to every access whose role is high enough, and to no other", () => {
    expect(accessesWith("business.update")).toEqual(["owner", "admin", "manager"]);
    expect(accessesWith("business.read")).toEqual(Object.keys(accesses));
  });

  test("each says what it allows", () => {
    for (const { description } of Object.values(permissions)) expect(description).toMatch(/^[A-Z].{5,}/);
  });
});

describe("failures", () => {
  test("form a closed table: one code each, a 4xx or 5xx status, a sentence", () => {
    const table = Object.values(failures).filter((value) => typeof value === "object");
    expect(new Set(table.map(({ code }) => code)).size).toBe(table.length);
    for (const { code, status, title } of table) {
      expect(code).toMatch(/^[a-z_]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).toMatch(/\.$/);
    }
  });
});

describe("people", () => {
  test.each([
    [{ name: "Countess", firstName: "Ada" }, "Countess"],
    [{ firstName: "Ada", lastName: "King" }, "Ada King"],
    [{ lastName: "King" }, "King"],
    [{}, null],
  ])("%j is called %j", (name, expected) => {
    expect(displayName(name)).toBe(expected);
  });

  test.each([
    [undefined, ["Initialized"]],
    ["Agent", ["Initialized", "Agent"]],
    ["Admin", ["Initialized", "Admin"]],
    ["Owner", ["Initialized", "Admin"]],
  ] as const)("a role of %s shows as %j", (role, expected) => {
    expect(profileRoles(role)).toEqual(expected);
  });
});
