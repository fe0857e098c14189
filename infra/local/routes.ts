/** Finds the route of a request, as API Gateway does: static before variable before greedy, `$default` last. */
import type { RouteConfig } from "./http-api.ts";

export type Match = { route: RouteConfig; parameters: Record<string, string> };
type Candidate = { route: RouteConfig; segments: string[]; rank: string };

export function router(routes: RouteConfig[]): (method: string, path: string) => Match | undefined {
  const fallback = routes.find(({ key }) => key === "$default");
  const candidates = routes
    .filter((route) => route !== fallback)
    .map((route) => ({ route, segments: route.path.split("/"), rank: rankOf(route) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return (method, path) => {
    const segments = path.split("/");
    for (const candidate of candidates) {
      const parameters = match(candidate, method, segments);
      if (parameters) return { route: candidate.route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
}

const isGreedy = (segment: string) => segment.endsWith("+}");
const isVariable = (segment: string) => segment.startsWith("{");

/** Sorts the more specific route first: by its segments, then a method before `ANY`. */
function rankOf({ path, method }: RouteConfig): string {
  const segments = path
    .split("/")
    .map((segment) => (isGreedy(segment) ? "2" : isVariable(segment) ? "1" : "0"));
  return `${segments.join("")} ${method === "ANY" ? 1 : 0}`;
}

/** The path's parameters, decoded; undefined where the route isn't the request's. */
function match(
  { route, segments }: Candidate,
  method: string,
  path: string[],
): Match["parameters"] | undefined {
  if (route.method !== "ANY" && route.method !== method) return undefined;
  const greedy = isGreedy(segments.at(-1) ?? "");
  if (greedy ? path.length < segments.length : path.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = isGreedy(segment) ? path.slice(index).join("/") : (path[index] ?? "");
    if (!isVariable(segment)) {
      if (decodeURIComponent(value) !== segment) return undefined;
    } else if (value === "") return undefined;
    else parameters[segment.replace(/[{+}]/g, "")] = decodeURIComponent(value);
  }
  return parameters;
}
