/** Checks a request's parameters against the schema of its route, and turns them from text into what they are. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import { type Form, pathsOf } from "./form.ts";
import { invalid, type Problem } from "./problem.ts";
import type { Requests, Route } from "./requests.ts";

let compiler: Ajv | undefined;
const compiled = new Map<Route, ValidateFunction>();
let schemas: Record<Route, object> | undefined;

/** Loaded at the first request: a start of most runs would spend a twelfth of its time on it. */
function openCompiler(): Ajv {
  const { Ajv } = createRequire(import.meta.url)("ajv") as typeof import("ajv");
  // Optimising the code of a validator takes longer than all that a run validates.
  return new Ajv({ coerceTypes: true, strict: false, verbose: true, code: { optimize: false } });
}

/** Read and compiled at the first request of a kind: most runs never see one. */
function validatorOf(route: Route): ValidateFunction {
  compiler ??= openCompiler();
  schemas ??= JSON.parse(readFileSync(join(import.meta.dirname, "schemas.json"), "utf8")) as typeof schemas;
  const validator = compiled.get(route) ?? compiler.compile(schemas?.[route] ?? false);
  compiled.set(route, validator);
  return validator;
}

/** `honours`: the parameters that the route does something about, with all that is in them. */
export function validate<R extends Route>(route: R, form: Form, honours: readonly string[]): Requests[R] {
  const validator = validatorOf(route);
  if (!validator(form)) throw problemOf(validator.errors ?? []);
  for (const path of pathsOf(form)) {
    if (path === "" || honours.some((one) => path === one || path.startsWith(`${one}.`))) continue;
    throw invalid(`The local Stripe does nothing about ${path} of ${route} as yet: teach it.`, path);
  }
  return form as unknown as Requests[R];
}

/** The first error that is about a value rather than about alternatives, in Stripe's words. */
function problemOf(errors: readonly ErrorObject[]): Problem {
  const told = errors.find(({ keyword }) => keyword === "additionalProperties") ?? errors[0];
  const { keyword, instancePath = "", params, data } = told ?? {};
  const inside = (...names: string[]) => {
    const [first = "", ...rest] = [...instancePath.split("/").slice(1), ...names];
    return first + rest.map((name) => `[${name}]`).join("");
  };
  if (keyword === "additionalProperties") {
    const name = inside(params?.additionalProperty);
    return invalid(`Received unknown parameter: ${name}`, name, "parameter_unknown");
  }
  if (keyword === "required") {
    const name = inside(params?.missingProperty);
    return invalid(`Missing required param: ${name}.`, name, "parameter_missing");
  }
  return invalid(`Invalid ${inside()}: ${JSON.stringify(data)}`, inside());
}
