/**
 * The registry: one line per endpoint and job, keyed by the path of its file. Infra, the OpenAPI document and the
 * tests that hold for every endpoint are made from it; functions never import it.
 */
import type { AnyEndpoint } from "../shared/endpoint/endpoint.ts";
import type { AnyJob } from "../shared/endpoint/job.ts";
import { createMyBusiness } from "./businesses/create-business.ts";
import { getBusiness } from "./businesses/get-business.ts";
import { listBusinessOptions } from "./businesses/list-business-options.ts";
import { listBusinessEvents } from "./businesses/list-events.ts";
import { switchToBusiness } from "./businesses/switch-business.ts";
import { updateMyBusiness } from "./businesses/update-business.ts";
import { getOpenApi } from "./get-openapi.ts";
import { health } from "./health.ts";
import { publishAuditEvents } from "./jobs/publish-events.ts";
import { notFound } from "./not-found.ts";
import { getMe } from "./users/get-me.ts";
import { updateMe } from "./users/update-me.ts";

export const endpoints: Readonly<Record<string, AnyEndpoint>> = {
  "users/get-me": getMe,
  "users/update-me": updateMe,
  "businesses/get-business": getBusiness,
  "businesses/create-business": createMyBusiness,
  "businesses/update-business": updateMyBusiness,
  "businesses/list-business-options": listBusinessOptions,
  "businesses/switch-business": switchToBusiness,
  "businesses/list-events": listBusinessEvents,
  "get-openapi": getOpenApi,
  health,
  "not-found": notFound,
};

export const jobs: Readonly<Record<string, AnyJob>> = {
  "jobs/publish-events": publishAuditEvents,
};
