import { Duration, Stack, Validations } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  CorsHttpMethod,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { endpoints } from "../functions/index.ts";
import { bearsToken } from "../shared/endpoint/caller.ts";
import { operationsOf } from "../shared/endpoint/endpoint.ts";
import { descriptionOf } from "./bundle.ts";
import type { Config } from "./config.ts";
import { constructId, createFunction, type FunctionsProps } from "./functions.ts";

export interface ApiProps extends FunctionsProps {
  readonly config: Config;
  readonly accessLog: LogGroup;
}

/** The HTTP API: one route and one function for each endpoint of the registry, behind one authorizer. */
export class Api extends Construct {
  readonly httpApi: HttpApi;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { corsOrigins } = props.config;
    this.httpApi = new HttpApi(this, "HttpApi", {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      ...(corsOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: corsOrigins,
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
          allowHeaders: ["authorization", "content-type", "idempotency-key", "x-business-id"],
          exposeHeaders: ["allow", "link", "retry-after", "x-request-id"],
          maxAge: Duration.hours(1),
        },
      }),
    });
    this.createStage(props);
    this.createRoutes(props);
  }

  /** The access log holds the route's key, never its path: a path may carry an invitation's token. */
  private createStage({ config: { throttle }, accessLog }: ApiProps): void {
    const fields = [
      "requestId",
      "routeKey",
      "status",
      "responseLatency",
      "integrationLatency",
      "responseLength",
    ];
    const format = Object.fromEntries(fields.map((field) => [field, `$context.${field}`]));
    new HttpStage(this, "Stage", {
      httpApi: this.httpApi,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(format)),
      },
    });
  }

  private createRoutes(props: ApiProps): void {
    const authorizer = this.createAuthorizer(props);
    for (const [key, { specification }] of Object.entries(endpoints)) {
      const handler = createFunction(this, props, {
        key,
        description: descriptionOf(key),
        operations: operationsOf(specification),
      });
      const name = constructId(key);
      const isPublic = !bearsToken(specification.caller);
      const route = new HttpRoute(this, `${name}Route`, {
        httpApi: this.httpApi,
        routeKey: routeKey(specification.route),
        integration: new HttpLambdaIntegration(`${name}Integration`, handler),
        authorizer: isPublic ? new HttpNoneAuthorizer() : authorizer,
      });
      if (isPublic) {
        const reason = "The endpoint is for callers who have not signed in, or who sign their requests.";
        Validations.of(route).acknowledge({ id: "AwsSolutions::AwsSolutions-APIG4", reason });
      }
    }
  }

  private createAuthorizer(props: ApiProps): HttpLambdaAuthorizer {
    const handler = createFunction(this, props, {
      key: "authorizer",
      operations: {},
      environment: { ISSUERS: JSON.stringify(props.config.issuers) },
      description: "Verifies bearer tokens and hands on a verdict.",
    });
    return new HttpLambdaAuthorizer("Authorizer", handler, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ["$request.header.Authorization"],
      resultsCacheTtl: Duration.minutes(5),
    });
  }
}

function routeKey(route: string): HttpRouteKey {
  if (route === "$default") return HttpRouteKey.DEFAULT;
  const [method = "", path = ""] = route.split(" ");
  return HttpRouteKey.with(path, method as HttpMethod);
}
