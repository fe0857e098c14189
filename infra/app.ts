import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { App, Tags, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { bundle } from "./bundle.ts";
import { readConfig } from "./config.ts";
import { Tenantry } from "./stack.ts";

/** The CDK app. Everything that shapes the template is set here, so that every way of synthesising gives the same. */

const flags = createRequire(import.meta.url).resolve("aws-cdk-lib/recommended-feature-flags.json");
const app = new App({
  postCliContext: {
    ...JSON.parse(readFileSync(flags, "utf8")),
    "@aws-cdk/core:validateAgainstDefaultRules": true,
    "aws:cdk:enable-path-metadata": true,
    "aws:cdk:enable-asset-metadata": false,
  },
  analyticsReporting: false,
});

try {
  const config = readConfig(app.node.tryGetContext("stage"), app.node.tryGetContext("stages"));
  console.log(await bundle());
  const stack = new Tenantry(app, "Tenantry", { config, stackName: `tenantry-${config.stage}` });
  Tags.of(stack).add("tenantry:stage", config.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
  console.log("synthesised the stack");
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
