import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/**
 * The clients that endpoints use are ours in every bundle (lambda-*.ts); EventBridge is called by the AWS SDK.
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
  /** Node.js has SHA-256 built in. */
  "@smithy/core/dist-es/submodules/checksum/sha256/Sha256Js.js":
    'export class Sha256Js { constructor() { throw new Error("node:crypto is missing"); } }',
  /** The global `crypto`, which this looks for, costs 6 ms more than node:crypto. */
  "@smithy/core/dist-es/submodules/serde/uuid/v4.js":
    'import { randomUUID } from "node:crypto"; export const bindV4 = () => randomUUID;',
  /** Bodies are Node.js' own streams; asking for a browser's loads all of the web's streams. */
  "@smithy/core/dist-es/submodules/serde/util-stream/stream-type-check.js":
    "export const isReadableStream = () => false; export const isBlob = () => false;",
  "@smithy/core/dist-es/submodules/retry/middleware-retry/isStreamingPayload/isStreamingPayload.js":
    'import { Readable } from "node:stream";' +
    "export const isStreamingPayload = (request) => request?.body instanceof Readable;",
};

/** Puts the stand-ins in. */
export function lambdaSdk(folder: string): Plugin {
  return {
    name: "lambda-sdk",
    setup({ onLoad }) {
      onLoad({ filter: replaced }, async ({ path }) => {
        const standIn = standIns[inPackage(path)];
        if (!standIn) return undefined;
        if (!standIn.endsWith(".ts")) return { contents: standIn, loader: "js" };
        return { contents: await readFile(join(folder, standIn), "utf8"), loader: "ts" };
      });
    },
  };
}

/** The files that something stands in for: esbuild asks about no other, which is what makes it fast. */
const replaced = new RegExp(
  `node_modules[\\\\/](?:${Object.keys(standIns)
    .map((file) => file.replaceAll(".", "\\.").replaceAll("/", "[\\\\/]"))
    .join("|")})$`,
);

/** Fails where the SDK no longer has what one of them stands in for. */
export function checkStandIns({ inputs }: Metafile): void {
  const met = new Set(Object.keys(inputs).map(inPackage));
  const missed = Object.keys(standIns).filter((file) => !met.has(file));
  if (missed.length === 0) return;
  throw new Error(`The AWS SDK has moved ${missed}: find what it became and say so in infra/sdk.ts`);
}

/** A file's path in its package, whichever folder that is installed in. */
const inPackage = (path: string) =>
  path
    .split(/node_modules[\\/]/)
    .at(-1)
    ?.replaceAll("\\", "/") ?? "";
