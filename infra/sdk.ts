import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/**
 * What the AWS SDK carries for other places than Lambda, and what stands in for it in every bundle. Each costs cold
 * start and can't be switched off by an option; each stand-in does what the SDK itself would do inside a function.
 */
const standIns: Readonly<Record<string, string>> = {
  /** Lambda hands a function its role's credentials in the environment: nothing else of the chain is needed. */
  "@aws-sdk/credential-provider-node/dist-es/index.js": "lambda-credentials.ts",
  /** A function has no ~/.aws: settings come from code and environment. */
  "@smithy/core/dist-es/submodules/config/shared-ini-file-loader/loadSharedConfigFiles.js":
    'export const CONFIG_PREFIX_SEPARATOR = ".";' +
    "export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });",
  /** Lambda sets AWS_REGION; a function can't ask the instance that it runs on. */
  "@smithy/core/dist-es/submodules/config/config-resolver/regionConfig/getInstanceMetadataRegion.js":
    "export const getInstanceMetadataRegion = async () => undefined;",
  /** No service that we call streams events. */
  "@smithy/core/dist-es/submodules/event-streams/index.js":
    'const none = () => { throw new Error("event streams are not bundled: see infra/sdk.ts"); };' +
    "export { none as EventStreamSerde, none as eventStreamSerdeProvider };",
  /** Only used where endpoint discovery is asked for, which DynamoDB in a region never needs. */
  "@aws-sdk/endpoint-cache/dist-es/index.js": "export class EndpointCache {}",
  /** Node.js has SHA-256 built in. */
  "@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js":
    'export class Sha256Js { constructor() { throw new Error("node:crypto is missing"); } }',
};

/** Puts the stand-ins in, and fails where the SDK no longer has what one of them stands in for. */
export function lambdaSdk(folder: string): Plugin {
  return {
    name: "lambda-sdk",
    setup({ onLoad, onEnd }) {
      const replaced = new Set<string>();
      onLoad({ filter: /node_modules[\\/]@(aws-sdk|smithy)[\\/]/ }, async ({ path }) => {
        const file =
          path
            .split(/node_modules[\\/]/)
            .at(-1)
            ?.replaceAll("\\", "/") ?? "";
        const standIn = standIns[file];
        if (!standIn) return undefined;
        replaced.add(file);
        if (!standIn.endsWith(".ts")) return { contents: standIn, loader: "js" };
        return { contents: await readFile(join(folder, standIn), "utf8"), loader: "ts" };
      });
      onEnd(() => {
        const missed = Object.keys(standIns).filter((file) => !replaced.has(file));
        const text = `The AWS SDK has moved ${missed}: find what it became and say so in infra/sdk.ts`;
        return missed.length > 0 ? { errors: [{ text }] } : {};
      });
    },
  };
}
