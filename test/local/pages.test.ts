/** The pages of the run: where everything is, who to be, and what has happened. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counted } from "../../infra/local/consumed.ts";
import { ECHO, type Mini, startMini, withDynamoDb } from "./local-run.ts";

/** Writes an item and reads it twice, and says what it saw. */
const CALLS = withDynamoDb(`
  const Item = { pk: { S: "A#1" }, sk: { S: "A" } };
  const put = await call("PutItem", { Item });
  const got = await call("GetItem", { Key: Item, ConsistentRead: true });
  const asked = await call("GetItem", { Key: Item, ReturnConsumedCapacity: "TOTAL" });
  return { put, got, asked };`).replace(
  "authorization:",
  '"x-amzn-trace-id": process.env._X_AMZN_TRACE_ID, authorization:',
);

let local: Mini;
beforeAll(async () => {
  local = await startMini({
    functions: { Echo: ECHO, Calls: CALLS },
    routes: { "GET /calls": "Calls", "GET /a/{b}": "Echo", $default: "Echo" },
  });
});
afterAll(() => local.remove());

const PAGES = ["/", "/docs", "/mailbox", "/stripe", "/billing", "/invitations/x"];
const text = async (path: string) => (await local.request(path)).text;

describe("the first page", () => {
  it("shows where everything is, and three people with tokens to copy", async () => {
    const page = await text("/");
    for (const shown of [local.url, local.stateDir, "/docs", "/mailbox", "/openapi.json", "/_local/events"])
      expect(page).toContain(shown);
    for (const name of ["Olivia Owner", "Adam Admin", "Anna Agent"]) expect(page).toContain(name);
    const tokens = [...page.matchAll(/data-copy="(ey[\w.-]+)"/g)].map(([, token = ""]) => token);
    expect(tokens.length).toBe(3);
    const [, payload = ""] = tokens[0]?.split(".") ?? [];
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      email: "olivia@example.com",
    });
  });

  it("shows the clock of the run", async () => {
    const shown = async () => Date.parse(/datetime="([^"]+)"/.exec(await text("/"))?.[1] ?? "");
    const before = await shown();
    local.clock.advance("P1D");
    expect(Math.round(((await shown()) - before) / 3_600_000)).toBe(24);
  });

  it("lists the last requests: route, function, status, time, cold or warm, consumed units", async () => {
    const seen = (await local.request("/calls")).json() as {
      asked: { ConsumedCapacity: { CapacityUnits: number } };
    };
    await local.request("/calls");
    const [second, first] = (await local.request("/_local/requests")).json() as Record<string, unknown>[];
    const facts = { method: "GET", route: "/calls", function: expect.stringContaining("Calls"), status: 200 };
    expect(first).toMatchObject({ ...facts, start: "cold", ms: expect.any(Number), at: expect.any(String) });
    expect(second).toMatchObject({ ...facts, start: "warm" });
    expect(seen.asked.ConsumedCapacity.CapacityUnits).toBe(0.5);
    // A write of up to 1 KB, a consistent read and an eventual one of up to 4 KB.
    expect([first?.units, second?.units]).toEqual([2.5, 2.5]);
    expect(await text("/")).toContain("<td>2.5</td>");
  });
});

describe("what a function sees of the table", () => {
  it("is what it asked for: units are counted without its seeing them", async () => {
    const { put, got, asked } = (await local.request("/calls")).json() as Record<string, object>;
    expect(put).toEqual({});
    expect(Object.keys(got ?? {})).toEqual(["Item"]);
    expect(Object.keys(asked ?? {}).sort()).toEqual(["ConsumedCapacity", "Item"]);
  });

  it("is left alone where an operation can't say what it consumes", () => {
    const body = Buffer.from("{}");
    const { body: sent, read } = counted("DescribeTable", {}, body);
    expect([sent, read(body)]).toEqual([body, { body, units: 0 }]);
  });
});

describe.each(PAGES)("the page %s", (path) => {
  it("and all it loads comes from the run, and nothing else may", async () => {
    const { text: page, headers } = await local.request(path);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    const loaded = [...page.matchAll(/<(?:script|link)[^>]*? (?:src|href)="([^"]+)"/g)].map(
      ([, url = ""]) => url,
    );
    expect(loaded.length).toBeGreaterThan(2);
    for (const url of loaded.filter((url) => url !== "data:,")) {
      expect(url).toMatch(/^\/_pages\//);
      expect((await local.request(url)).status).toBe(200);
    }
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=/);
  });

  it("gives way to a route of the template", async () => {
    const own = await startMini({ functions: { Echo: ECHO }, routes: { [`GET ${path}`]: "Echo" } });
    expect((await own.request(path)).json()).toMatchObject({ routeKey: `GET ${path}` });
    await own.remove();
  });
});

it("a page is shown for GET only; anything else goes to the template", async () => {
  expect((await local.request("/", { method: "POST" })).json()).toMatchObject({ routeKey: "$default" });
});
