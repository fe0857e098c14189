/** Turns an assembly's template into a stack of plain, resolved resources, or says what of it can't be run. */
import type { Assembly } from "./assembly.ts";
import { NO_VALUE, resolve, type Scope } from "./intrinsics.ts";
import { kinds, type Names } from "./resources.ts";

export type Resource = {
  id: string;
  type: string;
  name: string;
  ref: string;
  properties: unknown;
  metadata: Record<string, unknown>;
};

export type Stack = {
  name: string;
  region: string;
  account: string;
  resources: Resource[];
  /** The resources of one type, for instance `AWS::Lambda::Function`. */
  ofType(...types: string[]): Resource[];
  /** The resource that a resolved `Ref`, name or ARN stands for. */
  find(type: string, reference: string): Resource | undefined;
  assetPath(key: string): string;
};

export function readStack(assembly: Assembly): Stack {
  const { template, stackName, region, account } = assembly;
  const pseudo: Record<string, unknown> = {
    "AWS::AccountId": account,
    "AWS::NoValue": NO_VALUE,
    "AWS::NotificationARNs": [],
    "AWS::Partition": "aws",
    "AWS::Region": region,
    "AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
    "AWS::StackName": stackName,
    "AWS::URLSuffix": "amazonaws.com",
  };

  const scope: Scope = {
    ref(name) {
      if (name in pseudo) return pseudo[name];
      if (template.Parameters[name]) return template.Parameters[name].Default ?? "";
      const { kind, names } = known(name);
      return kind.ref?.(names) ?? names.name;
    },
    attribute(id, attribute) {
      const { kind, names, type } = known(id);
      const value = kind.attributes?.[attribute];
      if (!value)
        throw new Error(`The local run doesn't know the attribute ${attribute} of ${id} (${type}).`);
      return value(names);
    },
    condition(name) {
      if (!(name in template.Conditions)) throw new Error(`The template has no condition ${name}.`);
      return Boolean(resolve(template.Conditions[name], scope));
    },
    mapping(map, key, name) {
      const rows = template.Mappings[map] as Record<string, Record<string, unknown>> | undefined;
      return rows?.[key]?.[name];
    },
  };

  function known(id: string) {
    const resource = template.Resources[id];
    if (!resource) throw new Error(`The template refers to ${id}, which it doesn't hold.`);
    const kind = kinds[resource.Type];
    if (!kind)
      throw new Error(
        `The local run knows no resource type ${resource.Type} (${id}). infra/local/resources.ts lists those that it runs or leaves out.`,
      );
    const given = kind.nameProperty && resolve(resource.Properties[kind.nameProperty], scope);
    const name = typeof given === "string" && given ? given : `${stackName}-${id}`;
    return { kind, type: resource.Type, names: { id, name, region, account } satisfies Names };
  }

  const arns = new Map<string, Resource>();
  const resources = Object.entries(template.Resources)
    .filter(([, resource]) => !resource.Condition || scope.condition(resource.Condition))
    .map(([id, { Type, Properties, Metadata: metadata }]) => {
      const { kind, names } = known(id);
      const ref = kind.ref?.(names) ?? names.name;
      const properties = resolve(Properties, scope);
      const resource = { id, type: Type, name: names.name, ref, properties, metadata };
      if (kind.attributes?.Arn) arns.set(kind.attributes.Arn(names), resource);
      return resource;
    });
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type));
  return {
    name: stackName,
    region,
    account,
    resources,
    ofType,
    find: (type, reference) =>
      arns.get(reference) ?? ofType(type).find(({ id, name, ref }) => [id, name, ref].includes(reference)),
    assetPath: assembly.assetPath,
  };
}
