/** The gateway: events as API Gateway builds them (payload 2.0), its routing, its answers, its limits. */
import { request as send } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { throttle } from "../../infra/local/throttle.ts";
import { ECHO, type Mini, startMini } from "./local-run.ts";

const answering = (value: string) => `exports.handler = async () => (${value});`;
const functions = {
  Echo: ECHO,
  Plain: answering('{ hello: "world" }'),
  Text: answering('"hello"'),
  Full: answering(`{ statusCode: 201, headers: { "X-Kind": "full", "content-type": "text/x" }, cookies: ["a=1", "b=2; Path=/"],
    body: Buffer.from("bytes").toString("base64"), isBase64Encoded: true }`),
  Empty: answering("{ statusCode: 204 }"),
  Invalid: answering('{ statusCode: "teapot" }'),
  BadHeader: answering('{ statusCode: 200, headers: { "a b": "c" } }'),
  Slow: "exports.handler = () => new Promise((done) => setTimeout(done, 3000, {}));",
};

let local: Mini;
beforeAll(async () => {
  local = await startMini({
    functions,
    routes: {
      "GET /things/{id}": "Echo",
      "POST /things/{id}": "Echo",
      "GET /things/first": "Plain",
      "ANY /files/{path+}": "Echo",
      "GET /files/one/two": "Text",
      "GET /full": "Full",
      "GET /empty": "Empty",
      "GET /invalid": "Invalid",
      "GET /bad-header": "BadHeader",
      "GET /slow": "Slow",
    },
    edit: ({ Resources }) => {
      (Resources.Integration9?.Properties ?? {}).TimeoutInMillis = 50;
    },
  });
});
afterAll(() => local.remove());

const event = async (path: string, init?: RequestInit) =>
  (await local.request(path, init)).json() as APIGatewayProxyEventV2;

describe("payload 2.0", () => {
  it("lower-cases headers, joins duplicates, splits out cookies", async () => {
    const body = await new Promise<string>((resolve) => {
      const headers = { "X-Twice": ["a", "b"], "X-CASE": "C", cookie: ["one=1; two=2", "three=3"] };
      send(`${local.url}/things/1`, { headers }, async (response) => {
        resolve(await text(response));
      }).end();
    });
    const { headers, cookies } = JSON.parse(body);
    expect(headers).toMatchObject({ "x-twice": "a,b", "x-case": "C" });
    expect(headers).not.toHaveProperty("cookie");
    expect(cookies).toEqual(["one=1", "two=2", "three=3"]);
  });

  it("decodes the path and its parameters, keeps the query string, joins repeated parameters", async () => {
    const got = await event("/things/a%20b%2Fc?x=1&x=2&y=%C3%BC+1&z");
    expect(got.rawPath).toBe("/things/a b/c");
    expect(got.pathParameters).toEqual({ id: "a b/c" });
    expect(got.rawQueryString).toBe("x=1&x=2&y=%C3%BC+1&z");
    expect(got.queryStringParameters).toEqual({ x: "1,2", y: "ü 1", z: "" });
  });

  it("hands on text as it is and everything else in base64", async () => {
    const post = (type: string, body: string | Uint8Array<ArrayBuffer>) =>
      event("/things/1", { method: "POST", body, headers: { "content-type": type } });
    const json = await post("application/json", '{"a":"ü"}');
    expect([json.body, json.isBase64Encoded]).toEqual(['{"a":"ü"}', false]);
    const bytes = await post("application/octet-stream", new Uint8Array([0, 255]));
    expect([bytes.body, bytes.isBase64Encoded]).toEqual(["AP8=", true]);
    const none = await event("/things/1", { method: "POST" });
    expect([none.body, none.isBase64Encoded]).toEqual([undefined, false]);
  });

  it("says when, by what route and from where, and leaves out what isn't there", async () => {
    const got = await event("/things/1", { headers: { "user-agent": "me" } });
    const { requestContext } = got;
    expect(requestContext).toMatchObject({
      routeKey: "GET /things/{id}",
      stage: "$default",
      http: {
        method: "GET",
        path: "/things/1",
        protocol: "HTTP/1.1",
        userAgent: "me",
        sourceIp: "127.0.0.1",
      },
    });
    expect(Math.abs(requestContext.timeEpoch - Date.now())).toBeLessThan(5_000);
    expect(requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    for (const absent of ["cookies", "queryStringParameters", "body"]) expect(got).not.toHaveProperty(absent);
    expect(requestContext).not.toHaveProperty("authorizer");
  });
});

describe("routing", () => {
  it.each([
    ["/things/first", { hello: "world" }],
    ["/things/other", { routeKey: "GET /things/{id}" }],
    ["/files/a/b/c", { routeKey: "ANY /files/{path+}", pathParameters: { path: "a/b/c" } }],
  ])("static before variable before greedy: %s", async (path, body) => {
    expect((await local.request(path)).json()).toMatchObject(body);
  });

  it("a static route before a greedy one, for its own method only", async () => {
    expect((await local.request("/files/one/two")).text).toBe("hello");
    expect(await event("/files/one/two", { method: "PUT" })).toMatchObject({
      routeKey: "ANY /files/{path+}",
    });
  });

  it.each([["/nothing"], ["/things"], ["/things/"], ["/things/1/"], ["/files"]])(
    "no route: %s",
    async (path) => {
      const { status, text } = await local.request(path);
      expect([status, text]).toEqual([404, '{"message":"Not Found"}']);
    },
  );

  it("$default last", async () => {
    const other = await startMini({ functions, routes: { $default: "Echo", "GET /plain": "Plain" } });
    expect((await other.request("/plain")).json()).toEqual({ hello: "world" });
    expect((await other.request("/any/thing")).json()).toMatchObject({ routeKey: "$default" });
    await other.remove();
  });
});

describe("answers", () => {
  it("without a status code are the JSON body of a 200", async () => {
    const { status, headers, text } = await local.request("/things/first");
    expect([status, headers.get("content-type"), text]).toEqual([
      200,
      "application/json",
      '{"hello":"world"}',
    ]);
    expect(headers.get("apigw-requestid")).toBeTruthy();
  });

  it("with one are sent as they say: headers, cookies, base64", async () => {
    const { status, headers, text } = await local.request("/full");
    expect([status, text, headers.get("x-kind"), headers.get("content-type")]).toEqual([
      201,
      "bytes",
      "full",
      "text/x",
    ]);
    expect(headers.getSetCookie()).toEqual(["a=1", "b=2; Path=/"]);
    expect((await local.request("/empty")).status).toBe(204);
  });

  it.each([
    ["/invalid", 500, "Internal Server Error"],
    ["/bad-header", 500, "Internal Server Error"],
    ["/slow", 503, "Service Unavailable"],
  ])("that can't be used or come too late: %s", async (path, status, message) => {
    const answer = await local.request(path);
    expect([answer.status, answer.json()]).toEqual([status, { message }]);
  });
});

describe("clear answers, and the process lives", () => {
  const post = (size: number) =>
    local.request("/things/1", {
      method: "POST",
      body: Buffer.alloc(size, "a"),
      headers: { "content-type": "text/plain" },
    });

  it("a body of 10 MB, and of more", async () => {
    const tooLarge = [413, '{"message":"Request Entity Too Large"}'];
    for (const size of [10_000_000, 10 * 1024 * 1024, 10 * 1024 * 1024 + 1, 30_000_000]) {
      const { status, text } = await post(size);
      expect([status, text]).toEqual(tooLarge);
    }
    expect((await post(2_000_000)).status).toBe(200);
  });

  it("a path with %00, and one that is wrongly encoded", async () => {
    expect((await event("/things/%00")).pathParameters).toEqual({ id: "\0" });
    for (const path of ["/things/%zz", "/things/%ff", "/things/1?a=%"]) {
      const { status, text } = await local.request(path);
      expect([status, text]).toEqual([400, '{"message":"Bad Request"}']);
    }
  });

  it("headers that are too large, and what isn't HTTP", async () => {
    const answerTo = async (bytes: string) => {
      const socket = connect(Number(new URL(local.url).port), "127.0.0.1");
      socket.write(bytes);
      return text(socket);
    };
    const large = await answerTo(`GET / HTTP/1.1\r\nhost: a\r\nx-large: ${"a".repeat(12_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1.1 431 [\s\S]*"message":"Request Header Fields Too Large"/);
    expect(await answerTo("HELLO\r\n\r\n")).toMatch(/^HTTP\/1.1 400 [\s\S]*"message":"Bad Request"/);
  });

  it("500 requests at once", async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, i) => event(`/things/${i}`)));
    expect(answers.map(({ pathParameters }) => pathParameters?.id)).toEqual(answers.map((_, i) => String(i)));
  });
});

describe("CORS", () => {
  it("answers preflights itself and adds its headers to answers, for the allowed origins only", async () => {
    const other = await startMini({
      functions,
      routes: { "GET /plain": "Plain" },
      cors: {
        AllowOrigins: ["https://app.example.com"],
        AllowMethods: ["GET", "PUT"],
        AllowHeaders: ["authorization"],
        ExposeHeaders: ["link"],
        AllowCredentials: true,
        MaxAge: 600,
      },
    });
    const ask = (origin: string, method = "OPTIONS") =>
      other.request("/plain", { method, headers: { origin, "access-control-request-method": "PUT" } });
    const names = ["origin", "methods", "headers", "credentials"].map(
      (name) => `access-control-allow-${name}`,
    );
    const preflight = await ask("https://app.example.com");
    expect(preflight.status).toBe(204);
    expect(names.map((name) => preflight.headers.get(name))).toEqual([
      "https://app.example.com",
      "GET,PUT",
      "authorization",
      "true",
    ]);
    expect(preflight.headers.get("access-control-max-age")).toBe("600");
    const refused = await ask("https://evil.example.com");
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([204, null]);
    const answer = await ask("https://app.example.com", "GET");
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
    expect(answer.headers.get("access-control-expose-headers")).toBe("link");
    await other.remove();
  });
});

describe("throttling", () => {
  it("a token bucket for each route: the burst at once, then the rate", () => {
    let now = 0;
    const passes = throttle(() => now);
    const limits = { ThrottlingBurstLimit: 3, ThrottlingRateLimit: 2 };
    const take = (count: number) =>
      Array.from({ length: count }, () => passes("GET /", limits)).filter(Boolean).length;
    expect(take(5)).toBe(3);
    now += 1000;
    expect(take(5)).toBe(2);
    expect(passes("GET /other", limits)).toBe(true);
  });

  it("answers 429 as the gateway does", async () => {
    const other = await startMini({
      functions,
      routes: { "GET /plain": "Plain" },
      throttle: { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 0.001 },
    });
    expect((await other.request("/plain")).status).toBe(200);
    const { status, text } = await other.request("/plain");
    expect([status, text]).toEqual([429, '{"message":"Too Many Requests"}']);
    await other.remove();
  });
});
