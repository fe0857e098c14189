/** Systems Manager's parameters and Secrets Manager's secrets: the template's, with values from `parameters.json`. */
import { z } from "zod";
import type { Service } from "./aws.ts";
import { AwsError } from "./aws-error.ts";
import type { State } from "./state.ts";
import type { Stack } from "./template.ts";

/** In the state folder: by name, what a parameter or a secret holds instead of, or besides, the template's value. */
const FILE = "parameters.json";
const Values = z.record(z.string(), z.string());

const Parameter = z.object({ Type: z.enum(["String", "StringList"]), Value: z.string() });
const Secret = z.object({ SecretString: z.string().optional() });

const One = z.strictObject({ Name: z.string(), WithDecryption: z.boolean().default(false) });
const Many = z.strictObject({
  Names: z.array(z.string()).min(1).max(10),
  WithDecryption: z.boolean().default(false),
});
const SecretId = z.strictObject({
  SecretId: z.string(),
  VersionStage: z.literal("AWSCURRENT").optional(),
});

/**
 * Both services, by the names that calls are signed with. Their values are read anew at each call; `own` are those
 * that the run itself has, as long as the file holds none of that name.
 */
export function parameterServices(
  stack: Stack,
  state: State,
  own: Readonly<Record<string, string>> = {},
): { ssm: Service; secretsmanager: Service } {
  const given = (): Readonly<Record<string, string>> => ({
    ...own,
    ...Values.catch({}).parse(state.read(FILE)),
  });
  const templates = new Map(
    stack.ofType("AWS::SSM::Parameter").map(({ id, name, properties }) => {
      const parsed = Parameter.safeParse(properties);
      if (!parsed.success)
        throw new Error(`The parameter ${id} can't be run locally:\n${z.prettifyError(parsed.error)}`);
      return [name, parsed.data];
    }),
  );
  const secrets = stack.ofType("AWS::SecretsManager::Secret");
  const parameterArn = (name: string) =>
    `arn:aws:ssm:${stack.region}:${stack.account}:parameter/${name.replace(/^\//, "")}`;

  function parameter(name: string) {
    const template = templates.get(name);
    const Value = given()[name] ?? template?.Value;
    if (Value === undefined) return undefined;
    // What only the file holds was put there by hand, as secure strings are.
    const Type = template?.Type ?? "SecureString";
    return { Name: name, Type, Value, Version: 1, ARN: parameterArn(name), DataType: "text" };
  }

  return {
    ssm: {
      GetParameter(input, authorize) {
        const { Name } = read(One, input);
        authorize({ action: "ssm:GetParameter", resource: parameterArn(Name), context: {} });
        const Parameter = parameter(Name);
        if (!Parameter) throw new AwsError("ParameterNotFound", missing(Name));
        return { Parameter };
      },
      GetParameters(input, authorize) {
        const { Names } = read(Many, input);
        authorize(
          ...Names.map((name) => ({
            action: "ssm:GetParameters",
            resource: parameterArn(name),
            context: {},
          })),
        );
        const Parameters = Names.flatMap((name) => parameter(name) ?? []);
        return { Parameters, InvalidParameters: Names.filter((name) => !parameter(name)) };
      },
    },
    secretsmanager: {
      GetSecretValue(input, authorize) {
        const { SecretId: id } = read(SecretId, input);
        const secret = secrets.find(({ name, ref }) => [name, ref].includes(id));
        const name = secret?.name ?? id;
        const ARN =
          secret?.ref ?? `arn:aws:secretsmanager:${stack.region}:${stack.account}:secret:${name}-Local0`;
        authorize({ action: "secretsmanager:GetSecretValue", resource: ARN, context: {} });
        const SecretString = given()[name] ?? Secret.parse(secret?.properties ?? {}).SecretString;
        if (SecretString === undefined)
          throw new AwsError(
            "ResourceNotFoundException",
            `Secrets Manager can't find the secret: ${missing(id)}`,
          );
        return { ARN, Name: name, SecretString, VersionStages: ["AWSCURRENT"] };
      },
    },
  };
}

const missing = (name: string) => `${name} has no value. Give it one in ${FILE} of the state folder.`;

function read<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new AwsError("ValidationException", z.prettifyError(parsed.error));
  return parsed.data;
}
