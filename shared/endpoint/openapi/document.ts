import { requirementOf } from "../../domain/permissions.ts";
import { bearsToken } from "../caller.ts";
import { tenantry } from "../dialects/tenantry.ts";
import { type AnyEndpoint, failuresOf, type Specification } from "../endpoint.ts";
import { inEach, successes } from "./answers.ts";
import { CompanyUsersError, FieldErrors, GatewayMessage, Problem } from "./errors.ts";
import { parameters } from "./parameters.ts";
import { refusals } from "./refusals.ts";
import { openSchemas, type Schemas } from "./schemas.ts";
import { openShelf, type Shelf } from "./shelf.ts";

/**
 * The OpenAPI 3.1 document of the whole API, made from the registry; `comments` are those above the endpoints, by
 * key. Only the build imports it: what it says of fields costs no function a byte.
 */
export function openApi(
  endpoints: Readonly<Record<string, AnyEndpoint>>,
  comments: Readonly<Record<string, string>>,
) {
  const schemas = openSchemas();
  const shelf = openShelf();
  const paths: Record<string, Record<string, ReturnType<typeof operation>>> = {};
  for (const [key, { specification }] of Object.entries(endpoints)) {
    if (specification.route === "$default") continue;
    const [method = "", path = ""] = specification.route.split(" ");
    const described = operation(schemas, shelf, key, specification, comments[key] ?? "");
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  }
  const used = new Set(Object.keys(endpoints).map(tagOf));
  return {
    openapi: "3.1.0",
    info: {
      title: "Tenantry",
      version: "1.0.0",
      description: introduction,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "Where this document came from." }],
    tags: Object.entries(tags)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      ...shelf.components(),
      schemas: { ...schemas.components(), Problem, FieldErrors, Error: CompanyUsersError, GatewayMessage },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "A token of an identity provider that this deployment is configured with.",
        },
      },
    },
  };
}

const introduction = `Businesses, memberships, invitations and paid seats of a B2B product.

Send the token of your identity provider as \`Authorization: Bearer …\`. Requests work in the business of the header \
\`X-Business-Id\`, else in your current one. Errors are problem details (RFC 9457); programs rely on \`code\`. A path \
that takes other methods answers 405 \`method_not_allowed\` with \`Allow\`, an unknown one 404 \`route_not_found\`. Lists come in pages: follow the \`Link\` \
header. Answers bear an \`X-Request-Id\`, those that API Gateway gives by itself an \`apigw-requestid\`: quote it when \
you ask about one.`;

/** The groups of the API, by the folder of their functions. */
const tags: Readonly<Record<string, string>> = {
  users: "The signed-in person.",
  businesses: "The current business, and the others to switch into.",
  members: "The people of the current business and their roles.",
  invitations: "Inviting people into a business, and answering.",
  licenses: "Paid seats and the subscription that pays for them.",
  "user-access": "The relation of users to companies, for clients of the user access API.",
  "company-users": "Users of a company, for clients of the company users API.",
  service: "The service itself.",
};

const tagOf = (key: string) => (key.includes("/") ? (key.split("/")[0] ?? "") : "service");

function operation(
  schemas: Schemas,
  shelf: Shelf,
  key: string,
  specification: Specification,
  comment: string,
) {
  const { caller, body, dialect = tenantry } = specification;
  const operationId = operationIdOf(key);
  const [summary = ""] = comment.split(/(?<=\.)\s/);
  const needed = caller.kind === "member" && requirementOf(caller.permission);
  return {
    operationId,
    tags: [tagOf(key)],
    summary: summary.replace(/\.$/, ""),
    description: [comment, needed].filter(Boolean).join("\n\n"),
    security: bearsToken(caller) ? [{ bearer: [] }] : [],
    parameters: parameters(schemas, shelf, operationId, specification),
    ...(body && {
      requestBody: {
        required: true,
        content: inEach(dialect, schemas.withExample(body, "input", operationId)),
      },
    }),
    responses: {
      ...successes(schemas, shelf, operationId, specification),
      ...refusals(shelf, specification, failuresOf(specification)),
    },
  };
}

/** `businesses/get-business` → `getBusiness`. */
function operationIdOf(key: string): string {
  const name = key.split("/").at(-1) ?? key;
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
