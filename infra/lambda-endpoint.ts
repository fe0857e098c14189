/**
 * Stands in for the SDK's endpoint rules of DynamoDB: a function calls the table in its own region, or whatever
 * AWS_ENDPOINT_URL_DYNAMODB names, as the local run does.
 */
export function defaultEndpointResolver(parameters: {
  Endpoint?: string;
  Region?: string;
  UseFIPS?: boolean;
  UseDualStack?: boolean;
}) {
  const { Endpoint, Region = "", UseFIPS, UseDualStack } = parameters;
  if (UseFIPS || UseDualStack)
    throw new Error("FIPS and dual-stack endpoints: teach infra/lambda-endpoint.ts");
  if (!Endpoint && !ordinary.test(Region))
    throw new Error(`${Region}: teach infra/lambda-endpoint.ts its address`);
  const suffix = Region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return { url: new URL(Endpoint ?? `https://dynamodb.${Region}.${suffix}`), headers: {}, properties: {} };
}

/** The partitions whose addresses end in amazonaws.com, as all but the isolated ones do. */
const ordinary = /^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov)-[a-z]+-\d+$/;
