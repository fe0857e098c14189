import { describe, expect, test } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { owner, request, signIn, stackUrl } from "./client.ts";

describe("hostile requests get clear answers, and the process lives", () => {
  test("a body of 10 MB", async () => {
    const person = await signIn();
    const { status, body } = await person.post(
      "/businesses/me",
      JSON.stringify({ name: "x".repeat(10_000_000) }),
    );
    expect([status, typeof (body.message ?? body.detail)]).toEqual([413, "string"]);
    expect((await person.get("/businesses/me/options")).body).toEqual([]);
  });

  test("a body above 256 KiB is refused by the endpoint itself", async () => {
    const { status, body } = await (await signIn()).post("/businesses/me", { name: "x".repeat(300_000) });
    expect([status, body.code]).toEqual([413, "body_too_large"]);
  });

  test("a JSON 5,000 deep", async () => {
    const deep = `{"name":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
    const { status, body } = await (await signIn()).post("/businesses/me", deep);
    expect([status, body.code]).toEqual([400, "invalid_request"]);
  });

  test("a JSON 120,000 deep", async () => {
    const deep = `${"[".repeat(120_000)}${"]".repeat(120_000)}`;
    const { status, body } = await (await signIn()).post("/businesses/me", deep);
    expect([status, body.code]).toEqual([400, "invalid_request"]);
  });

  test.each(["/users/%00", "/%00", "/businesses/me%00", "/%2e%2e/%2e%2e/etc/passwd", "//", "/users/me/"])(
    "the path %s",
    async (path) => {
      const { status, body } = await request("GET", path);
      expect([status, body.code]).toEqual([404, "route_not_found"]);
    },
  );

  test.each([
    ['{"__proto__": {"name": "x"}, "name": "Acme"}', 400],
    ['{"\\u005f_proto__": 1, "name": "Acme"}', 400],
    ['{"name": "Acme"', 400],
    ["", 400],
    ["null", 400],
    ["[]", 400],
    ['"Acme"', 400],
  ])("the body %s", async (body, expected) => {
    const person = await signIn();
    const { status, body: problem } = await person.post("/businesses/me", body);
    expect(status).toBe(expected);
    if (body.includes("_proto__")) expect(problem.errors[0].reason).toContain("__proto__");
    expect((await person.get("/businesses/me/options")).body).toEqual([]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])(
    "the content type %j",
    async (type) => {
      const answer = await (await signIn()).post("/businesses/me", '{"name":"Acme"}', {
        "content-type": type,
      });
      expect([answer.status, answer.body.code]).toEqual([415, "unsupported_media_type"]);
    },
  );

  test("application/json with a charset, and +json, are taken; a request without a body needs no type", async () => {
    const person = await signIn();
    const types = ["application/json; charset=utf-8", "application/merge-patch+json"];
    for (const type of types) {
      const { status } = await person.post("/businesses/me", '{"name":"Acme"}', { "content-type": type });
      expect(status).toBe(201);
    }
    expect((await person.get("/users/me", { accept: "text/html, image/gif" })).status).toBe(200);
  });

  test("500 requests at once", async () => {
    const person = await owner();
    const paths = ["/users/me", "/businesses/me", "/health", "/businesses/me/events", "/nowhere"];
    const answers = await Promise.all(Array.from({ length: 500 }, (_, n) => person.get(paths[n % 5] ?? "")));
    const counts = Map.groupBy(answers, ({ status }) => status);
    expect(counts.get(200)?.length).toBe(400);
    expect(counts.get(404)?.length).toBe(100);
    expect((await fetch(`${stackUrl()}/health`)).status).toBe(200);
  });
});

describe("a path that takes other methods", () => {
  const routes = Object.values(endpoints).flatMap(({ specification: { route } }) => {
    const [method = "", path] = route.split(" ");
    return path ? [{ method, path }] : [];
  });
  /** A path may be of several routes: `…/invitations/bulk` is of `…/invitations/{invitationId}` too. */
  const methodsOf = (path: string) =>
    routes
      .filter((route) => new RegExp(`^${route.path.replaceAll(/{\w+}/g, "[^/]+")}$`).test(path))
      .map(({ method }) => method)
      .sort();
  const paths = new Set(routes.map(({ path }) => path.replaceAll(/{\w+}/g, "some-one")));

  test.each([...paths])("%s answers 405 to any other, and names those", async (path) => {
    const allowed = methodsOf(path);
    const others = ["GET", "POST", "PUT", "DELETE", "PATCH"].filter((one) => !allowed.includes(one));
    for (const method of others) {
      const { status, headers, body } = await request(method, path);
      expect([method, status, headers.get("allow")]).toEqual([method, 405, allowed.join(", ")]);
      expect(body).toMatchObject({
        code: "method_not_allowed",
        detail: expect.stringContaining(allowed[0] ?? ""),
      });
      expect(headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test("answers HEAD and OPTIONS so too, but a browser's preflight as API Gateway does", async () => {
    const url = `${stackUrl()}/businesses/me`;
    for (const method of ["HEAD", "OPTIONS"]) {
      const { status, headers } = await fetch(url, { method });
      expect([method, status, headers.get("allow")]).toEqual([method, 405, "GET, POST, PUT"]);
    }
    const origin = "http://localhost:5173";
    const asked = { origin, "access-control-request-method": "PUT" };
    const { status, headers } = await fetch(url, { method: "OPTIONS", headers: asked });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([204, origin]);
    expect(headers.get("access-control-allow-methods")).toContain("PUT");
  });

  test("is none where it only reads like one when it is decoded, or lacks what a name in it stands for", async () => {
    const requests = [
      // By a method that the path doesn't take it would be 405: the function sees it decoded.
      ["GET", "/businesses%2Fme"],
      ["POST", "/businesses/me/users/"],
      ["PATCH", "/api/v1/accesses/"],
      ["PATCH", "/businesses/me/"],
    ] as const;
    for (const [method, path] of requests) {
      const { status, body } = await request(method, path);
      expect([path, status, body.code]).toEqual([path, 404, "route_not_found"]);
    }
  });
});

describe("every answer", () => {
  test("bears a request id, is not cached, and errors are problems of RFC 9457", async () => {
    const ok = await request("GET", "/health");
    expect([ok.headers.get("x-request-id"), ok.headers.get("cache-control")]).toEqual([
      expect.any(String),
      "no-store",
    ]);
    const { headers, body } = await request("GET", "/nowhere");
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "urn:tenantry:problem:route_not_found",
      title: expect.any(String),
      status: 404,
      detail: expect.any(String),
      instance: `urn:tenantry:request:${body.requestId}`,
      code: "route_not_found",
      requestId: headers.get("x-request-id"),
    });
  });

  test("GET /openapi.json describes every route but the one for all others", async () => {
    const { body } = await request("GET", "/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    expect(Object.keys(body.paths)).toContain("/businesses/me/switch");
    expect(body.paths["/users/me"].get.summary).toMatch(/^Shows the signed-in person/);
    expect(JSON.stringify(body.paths)).not.toContain("$default");
  });
});
