/** Which function may do what: the policies of its role, as the template has them. */
import { z } from "zod";
import { AwsError } from "./aws-error.ts";
import { accessKey } from "./environment.ts";
import { type Call, compilePolicies, type Judge } from "./iam.ts";
import type { Resource, Stack } from "./template.ts";

/** Who calls: a function under its role. */
export type Caller = { arn: string; judge: Judge };

const Inline = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() });
const Role = z.object({
  Policies: z.array(Inline).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z
    .undefined({ error: "the local run doesn't judge permissions boundaries" })
    .optional(),
});
const Attached = z.object({ PolicyDocument: z.unknown(), Roles: z.array(z.string()).default([]) });
const RoleOf = z.object({ Role: z.string() });

/** AWS's own policies that allow nothing that the run has: the log is written for the function. */
const LOGS_ONLY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

/** Every function of the stack, by the access key that it signs with. */
export function readCallers(stack: Stack): Map<string, Caller> {
  const judges = new Map<Resource, Judge>();
  const callers = stack.ofType("AWS::Lambda::Function").map((fn) => {
    const reference = RoleOf.safeParse(fn.properties).data?.Role ?? "";
    const role = stack.find("AWS::IAM::Role", reference);
    if (!role) throw new Error(`The role of the function ${fn.id} isn't in the template: "${reference}".`);
    const judge = judges.get(role) ?? compilePolicies(policiesOf(stack, role));
    judges.set(role, judge);
    const arn = `arn:aws:sts::${stack.account}:assumed-role/${role.name}/${fn.name}`;
    return [accessKey(fn.name), { arn, judge }] as const;
  });
  return new Map(callers);
}

/** Throws, in AWS's words, unless the caller may do all of it. */
export function authorize({ arn, judge }: Caller, calls: readonly Call[]): void {
  for (const call of calls) {
    const verdict = judge(call);
    if (verdict === "allowed") continue;
    const because =
      verdict === "denied"
        ? "with an explicit deny in an identity-based policy"
        : `because no identity-based policy allows the ${call.action} action`;
    throw new AwsError(
      "AccessDeniedException",
      `User: ${arn} is not authorized to perform: ${call.action} on resource: ${call.resource} ${because}`,
    );
  }
}

function policiesOf(stack: Stack, role: Resource): { name: string; document: unknown }[] {
  const { Policies, ManagedPolicyArns } = parse(Role, role);
  const inline = Policies.map(({ PolicyName, PolicyDocument }) => ({
    name: `${PolicyName} of ${role.id}`,
    document: PolicyDocument,
  }));
  const managed = ManagedPolicyArns.filter((arn) => arn !== LOGS_ONLY).map((arn) => {
    const policy = stack.find("AWS::IAM::ManagedPolicy", arn);
    if (!policy)
      throw new Error(`The local run doesn't know the managed policy ${arn} of the role ${role.id}.`);
    return policy;
  });
  const attached = stack
    .ofType("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    .filter((policy) => parse(Attached, policy).Roles.includes(role.name));
  return [
    ...inline,
    ...[...managed, ...attached].map((policy) => ({
      name: policy.id,
      document: parse(Attached, policy).PolicyDocument,
    })),
  ];
}

function parse<T extends z.ZodType>(schema: T, { id, properties }: Resource): z.output<T> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`The local run can't judge by ${id}:\n${z.prettifyError(parsed.error)}`);
}
