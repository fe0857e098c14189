/** Reads what `cdk synth` wrote: the stack's template, and where each asset of it lies on this machine. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional() })
        .optional(),
    }),
  ),
});

const Template = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
  Mappings: z.record(z.string(), z.unknown()).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Condition: z.string().optional(),
      Metadata: z.record(z.string(), z.unknown()).default({}),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});
export type Template = z.infer<typeof Template>;

const Assets = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })).default({}),
});

export type Assembly = {
  stackName: string;
  region: string;
  account: string;
  template: Template;
  /** The folder (or file) behind an asset's S3 key, `<hash>.zip`. */
  assetPath(key: string): string;
};

/** The one stack of a CDK assembly folder (`cdk.out`). */
export function readAssembly(folder: string): Assembly {
  const read = (file: string) => JSON.parse(readFileSync(resolve(folder, file), "utf8")) as unknown;
  const stacks = Object.entries(Manifest.parse(read("manifest.json")).artifacts).filter(
    ([, artifact]) => artifact.type === "aws:cloudformation:stack",
  );
  const [stack, another] = stacks;
  if (!stack || another) throw new Error(`${folder} holds ${stacks.length} stacks; the local run wants one.`);
  const [name, { environment = "", properties }] = stack;
  const [account = "", region = ""] = environment.replace("aws://", "").split("/");
  const { files } = Assets.parse(read(`${name}.assets.json`));
  return {
    stackName: properties?.stackName ?? name,
    region: region === "" || region === "unknown-region" ? "us-east-1" : region,
    account: /^\d{12}$/.test(account) ? account : "000000000000",
    template: Template.parse(read(properties?.templateFile ?? `${name}.template.json`)),
    assetPath(key) {
      const file = files[key.replace(/\.zip$/, "")];
      if (!file)
        throw new Error(`The template names the asset ${key}, which ${name}.assets.json doesn't hold.`);
      return resolve(folder, file.source.path);
    },
  };
}
