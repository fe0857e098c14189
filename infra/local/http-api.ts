/** Reads the template's HTTP API: its routes, integrations, authorizers, CORS and limits, as plain values. */
import { z } from "zod";
import type { Stack } from "./template.ts";

const Api = z.object({
  ProtocolType: z.literal("HTTP"),
  CorsConfiguration: z
    .object({
      AllowCredentials: z.boolean().default(false),
      AllowHeaders: z.array(z.string()).default([]),
      AllowMethods: z.array(z.string()).default([]),
      AllowOrigins: z.array(z.string()).default([]),
      ExposeHeaders: z.array(z.string()).default([]),
      MaxAge: z.coerce.number().optional(),
    })
    .optional(),
});
export type Cors = NonNullable<z.infer<typeof Api>["CorsConfiguration"]>;

const Route = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string().startsWith("integrations/"),
  AuthorizationType: z.enum(["NONE", "CUSTOM"]).default("NONE"),
  AuthorizerId: z.string().optional(),
  OperationName: z.string().optional(),
});
const Integration = z.strictObject({
  ApiId: z.string(),
  Description: z.string().optional(),
  IntegrationMethod: z.string().optional(),
  IntegrationType: z.literal("AWS_PROXY"),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal("2.0"),
  TimeoutInMillis: z.coerce.number().default(30_000),
});
const Authorizer = z.strictObject({
  ApiId: z.string(),
  AuthorizerCredentialsArn: z.string().optional(),
  AuthorizerPayloadFormatVersion: z.literal("2.0"),
  AuthorizerResultTtlInSeconds: z.coerce.number().default(0),
  AuthorizerType: z.literal("REQUEST"),
  AuthorizerUri: z.string(),
  EnableSimpleResponses: z.literal(true),
  IdentitySource: z.array(z.string()).default([]),
  Name: z.string(),
});
const Limits = z.object({
  ThrottlingBurstLimit: z.coerce.number().optional(),
  ThrottlingRateLimit: z.coerce.number().optional(),
});
export type Limits = z.infer<typeof Limits>;
const Stage = z.object({
  StageName: z.literal("$default"),
  DefaultRouteSettings: Limits.default({}),
  RouteSettings: z.record(z.string(), Limits).default({}),
  AccessLogSettings: z.object({ Format: z.string() }).optional(),
});

export type AuthorizerConfig = { id: string; function: string; identitySource: string[]; ttlMs: number };
export type RouteConfig = {
  key: string;
  method: string;
  path: string;
  function: string;
  timeoutMs: number;
  authorizer: AuthorizerConfig | undefined;
  limits: Limits;
};
export type HttpApi = {
  id: string;
  cors: Cors | undefined;
  accessLog: string | undefined;
  routes: RouteConfig[];
};

/** The stack's HTTP API; undefined in a stack without one. */
export function httpApi(stack: Stack): HttpApi | undefined {
  const [api, another] = stack.ofType("AWS::ApiGatewayV2::Api");
  if (another) throw new Error(`The local run serves one HTTP API; the template has another: ${another.id}.`);
  if (!api) return undefined;
  const properties = <T extends z.ZodType>(schema: T, type: string, reference?: string): z.output<T> => {
    const resource = reference ? stack.find(type, reference) : stack.ofType(type)[0];
    if (!resource) throw new Error(`The template has no ${type} ${reference ?? ""}`);
    const parsed = schema.safeParse(resource.properties);
    if (parsed.success) return parsed.data;
    throw new Error(`${resource.id} (${type}) can't be run locally:\n${z.prettifyError(parsed.error)}`);
  };
  const functionOf = (uri: string) => {
    const arn = /functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
    const found = stack.find("AWS::Lambda::Function", arn);
    if (!found) throw new Error(`The template has no function ${arn}`);
    return found.name;
  };

  const stage = properties(Stage, "AWS::ApiGatewayV2::Stage");
  const authorizerOf = (reference: string): AuthorizerConfig => {
    const authorizer = properties(Authorizer, "AWS::ApiGatewayV2::Authorizer", reference);
    return {
      id: reference,
      function: functionOf(authorizer.AuthorizerUri),
      identitySource: authorizer.IdentitySource,
      ttlMs: authorizer.AuthorizerResultTtlInSeconds * 1000,
    };
  };
  const routes = stack.ofType("AWS::ApiGatewayV2::Route").map(({ id }): RouteConfig => {
    const route = properties(Route, "AWS::ApiGatewayV2::Route", id);
    const target = route.Target.replace("integrations/", "");
    const integration = properties(Integration, "AWS::ApiGatewayV2::Integration", target);
    const [method = "", path = ""] = route.RouteKey.split(" ");
    return {
      key: route.RouteKey,
      method,
      path,
      function: functionOf(integration.IntegrationUri),
      timeoutMs: integration.TimeoutInMillis,
      authorizer: route.AuthorizerId ? authorizerOf(route.AuthorizerId) : undefined,
      limits: { ...stage.DefaultRouteSettings, ...stage.RouteSettings[route.RouteKey] },
    };
  });
  const { CorsConfiguration } = properties(Api, "AWS::ApiGatewayV2::Api");
  return { id: api.ref, cors: CorsConfiguration, accessLog: stage.AccessLogSettings?.Format, routes };
}
