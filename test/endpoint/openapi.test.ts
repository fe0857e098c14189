import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { endpoints } from "../../functions/index.ts";
import { descriptionOf } from "../../infra/bundle.ts";
import { bearsToken } from "../../shared/endpoint/caller.ts";
import { tenantry } from "../../shared/endpoint/dialects/tenantry.ts";
import { failuresOf } from "../../shared/endpoint/endpoint.ts";
import { openApi } from "../../shared/endpoint/openapi/document.ts";

const comments = Object.fromEntries(Object.keys(endpoints).map((key) => [key, descriptionOf(key)]));
const written = JSON.parse(JSON.stringify(openApi(endpoints, comments)));
/** The document with what operations share put in where they refer to it; schemas stay references. */
const document = JSON.parse(JSON.stringify(written), function put(_, value) {
  const [, kind = "", name = ""] = /^#\/components\/(?!schemas)(\w+)\/(.+)$/.exec(value?.$ref) ?? [];
  return name ? JSON.parse(JSON.stringify(written.components[kind][name]), put) : value;
});
const routes = Object.values(endpoints)
  .map(({ specification }) => specification)
  .filter(({ route }) => route !== "$default");
const operationOf = (route: string) => {
  const [method = "", path = ""] = route.split(" ");
  return document.paths[path][method.toLowerCase()];
};
const operations: [string, any][] = routes.map(({ route }) => [route, operationOf(route)]);

/** Every place of the document that holds something, with its path. */
function* places(value: unknown, path = "#"): Generator<[string, any]> {
  if (typeof value !== "object" || value === null) return;
  yield [path, value];
  for (const [name, part] of Object.entries(value)) yield* places(part, `${path}/${name}`);
}

const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, "openapi");
/** References lead into the document. */
const rooted = (schema: object) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components'));

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1, by the schema of the specification", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(written));
    expect([valid, errors]).toEqual([true, undefined]);
  });

  test("says of every operation what it does, once, in a group that says what it is", () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(routes.length);
    const groups = new Set(document.tags.map(({ name }: { name: string }) => name));
    for (const [route, { summary, description, tags }] of operations) {
      expect(summary, route).toMatch(/^[A-Z].{8,}[^.]$/);
      expect(description, route).toMatch(/^[A-Z][\s\S]+\.$/);
      expect([...groups], route).toEqual(expect.arrayContaining(tags));
    }
  });

  test("says of every member and parameter what it means (shared/endpoint/openapi/glossary.ts)", () => {
    const undescribed = [...places(document)].flatMap(([path, { properties, parameters = {} }]) => [
      ...Object.entries<any>(path.endsWith("/allOf/1") ? {} : (properties ?? {}))
        .filter(([, member]) => !member.description)
        .map(([name]) => `${path}.${name}`),
      ...Object.values<any>(parameters)
        .filter((parameter: any) => !parameter.description || parameter.example === undefined)
        .map(({ name }: any) => `${path}.${name}`),
    ]);
    expect(undescribed).toEqual([]);
    const nameless = Object.entries<any>(document.components.schemas).filter(
      ([, { description }]) => !description,
    );
    expect(nameless.map(([name]) => name)).toEqual([]);
  });

  test("gives an example of every body, and each fits its own schema", () => {
    const contents = [...places(document)].filter(([path]) =>
      /^#\/paths.*\/content\/[^/]+\/[^/]+$/.test(path),
    );
    for (const [path, { schema, example, examples = {} }] of contents) {
      const values =
        example === undefined ? Object.values<any>(examples).map(({ value }) => value) : [example];
      expect(values.length, path).toBeGreaterThan(0);
      for (const value of values) {
        expect([ajv.validate(rooted(schema), value), path, ajv.errorsText()]).toEqual([
          true,
          path,
          "No errors",
        ]);
      }
    }
    const parameters = operations.flatMap(([, { parameters: own }]) => own);
    for (const { name, schema, example } of parameters)
      expect([name, ajv.validate(schema, example)]).toEqual([name, true]);
  });

  test("gives an example of every request body that the endpoint itself takes", () => {
    for (const { route, body } of routes.filter((specification) => specification.body)) {
      const { example } = operationOf(route).requestBody.content["application/json"];
      expect([route, body?.().safeParse(example)]).toEqual([
        route,
        { success: true, data: expect.anything() },
      ]);
    }
  });

  test("declares every failure of every endpoint by its code, and API Gateway's own answers", () => {
    for (const specification of routes) {
      const { responses } = operationOf(specification.route);
      const { dialect = tenantry } = specification;
      for (const failure of failuresOf(specification)) {
        const { code } = failure;
        for (const type of dialect.failureType ? [dialect.failureType] : dialect.mediaTypes) {
          const { schema, examples } = responses[dialect.statusOf(failure)].content[type];
          const { allOf } = schema.anyOf?.[0] ?? schema;
          expect(allOf[1].properties.code.enum).toContain(code);
          expect(examples[code].value).toMatchObject({ code });
        }
      }
      const own = bearsToken(specification.caller) ? [401, 413, 429, 500, 503] : [413, 429, 500, 503];
      for (const status of own) expect(responses[status].content).toHaveProperty("application/json");
    }
  });

  test("declares the headers that answers bear", () => {
    for (const specification of routes) {
      const { route, returns, paged, caller } = specification;
      const { responses } = operationOf(route);
      for (const status of Object.keys(returns)) {
        expect(responses[status].headers).toHaveProperty("X-Request-Id");
        expect("Link" in responses[status].headers, route).toBe(Boolean(paged));
      }
      const statuses = failuresOf(specification).map(specification.dialect?.statusOf ?? tenantry.statusOf);
      for (const status of statuses.filter((one) => [409, 429, 503].includes(one)))
        expect(responses[status].headers).toHaveProperty("Retry-After");
      expect(Boolean(responses[401]?.headers["WWW-Authenticate"])).toBe(bearsToken(caller));
    }
  });

  test("takes an Idempotency-Key wherever a change may be repeated, and the filters of lists", () => {
    for (const { route, query, repeat } of routes) {
      const names = operationOf(route).parameters.map(({ name }: { name: string }) => name);
      expect([route, names.includes("Idempotency-Key")]).toEqual([route, Boolean(repeat)]);
      const filters = Object.keys((query as { shape?: object } | undefined)?.shape ?? {});
      expect(names, route).toEqual(expect.arrayContaining(filters));
    }
  });

  test("writes no object of several members twice: it is named and referred to", () => {
    const objects = [...places(written)]
      .filter(
        ([path, { properties }]) => !path.includes("/example") && Object.keys(properties ?? {}).length > 3,
      )
      .map(
        ([path, schema]) =>
          [JSON.stringify([Object.keys(schema.properties), schema.required]), path] as const,
      );
    const twice = [...Map.groupBy(objects, ([members]) => members).values()]
      .filter((same) => same.length > 1)
      .map((same) => same.map(([, path]) => path));
    expect(twice).toEqual([]);
  });

  test("stays small: what many operations answer stands in it once", () => {
    const perRoute = JSON.stringify(written).length / routes.length;
    expect(perRoute).toBeLessThan(JSON.stringify(document).length / routes.length / 2);
  });
});
