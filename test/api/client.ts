import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { type Answer, Contract } from "./contract.ts";

/** The local run of this worker. */
function stack() {
  const stacks = inject("stacks");
  return stacks[(Number(process.env.VITEST_POOL_ID) - 1) % stacks.length] ?? { url: "", folder: "" };
}

export const stackUrl = (): string => stack().url;

/** Every line that functions and gateway of this worker's run have logged. */
export function stackLogs(): string {
  const folder = join(stack().folder, "logs");
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
}

/** Asks the run itself, not the API: by POST where there is a body. */
export async function local(path: string, body?: object, url = stackUrl()): Promise<any> {
  const post = body && { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${url}/_local/${path}`, post);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response.json();
}

/**
 * Moves the run's clock, by which its jobs come due. On the worker's own run by minutes only: it stays ahead for the
 * files that come after, and what they left behind comes due by days.
 */
export const advance = (by: string, url = stackUrl()) => local("clock", { advance: by }, url);

export interface Claims {
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly name?: string;
  readonly subject?: string;
  readonly expiresIn?: number;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

let contract: Promise<Contract> | undefined;

/** Sends a request and checks the answer against the run's own OpenAPI document. */
export async function request(
  method: string,
  path: string,
  { body, headers = {} }: RequestOptions = {},
  url = stackUrl(),
): Promise<Answer> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  const answer = {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
  contract ??= fetch(`${stackUrl()}/openapi.json`).then(
    async (answered) => new Contract((await answered.json()) as never),
  );
  (await contract).check(method, new URL(url + path).pathname, answer);
  return answer;
}

/** A token of the run's own issuer. */
export async function tokenFor(claims: Claims, url = stackUrl()): Promise<string> {
  const response = await fetch(`${url}/_local/token`, { method: "POST", body: JSON.stringify(claims) });
  const { token } = (await response.json()) as { token: string };
  return token;
}

let people = 0;

/** Somebody who signs in: by default a new person with a verified email of their own. */
export async function signIn(claims: Claims = {}, url = stackUrl()) {
  people += 1;
  const email = claims.email ?? `person-${process.pid}-${people}@example.com`;
  const token = await tokenFor({ ...claims, email }, url);
  const send =
    (method: string) =>
    (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      request(method, path, { body, headers: { authorization: `Bearer ${token}`, ...headers } }, url);
  return {
    email,
    token,
    get: (path: string, headers = {}) => send("GET")(path, undefined, headers),
    post: send("POST"),
    put: send("PUT"),
    delete: send("DELETE"),
  };
}

export type Person = Awaited<ReturnType<typeof signIn>>;

/** An owner with a business of their own. */
export async function owner(name = "Acme", claims: Claims = {}, url = stackUrl()) {
  const person = await signIn(claims, url);
  const { body } = await person.post("/businesses/me", { name });
  return { ...person, businessId: body.id as string };
}
