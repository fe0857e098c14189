import { readFile } from "node:fs/promises";
import type { Metafile, Plugin } from "esbuild";
import { stripeResources } from "../shared/billing/stripe-resources.ts";

/**
 * Leaves out of the bundles what nobody asks of Stripe's SDK, more than half of it: every resource hangs on its client,
 * so no bundler can tell that it isn't used. What is asked is the SDK's own code, from the sending to the errors.
 */
export const stripeWithoutUnused: Plugin = {
  name: "stripe-without-unused",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]stripe[\\/]esm[\\/]/ }, async ({ path }) => {
      const file = inSdk(path);
      if (file === "resources.js")
        return { contents: 'export { OAuthResource } from "./resources/OAuth.js";' };
      return isUnused(file) ? { contents: emptied(await readFile(path, "utf8")) } : undefined;
    });
  },
};

const used = stripeResources.map((name) => name.charAt(0).toUpperCase() + name.slice(1));

/** A resource is a file, or a folder of them: `Customers.js`, `Checkout/Sessions.js`. */
function isUnused(file: string): boolean {
  const [, resource] = /^resources\/(\w+)/.exec(file) ?? [];
  return resource ? !used.includes(resource) : file === "StripeEventNotificationHandler.js";
}

/** The same classes with nothing in them: the client makes one of each. */
function emptied(source: string): string {
  return [...source.matchAll(/^export (class \w+)/gm)].map(([, name]) => `export ${name} {}`).join("\n");
}

/** Fails where the SDK no longer has the files of what is asked. */
export function checkStripeResources({ inputs }: Metafile): void {
  const met = Object.keys(inputs).map(inSdk);
  const missed = used.filter((name) => !met.some((file) => file.startsWith(`resources/${name}`)));
  if (missed.length === 0) return;
  throw new Error(`Stripe's SDK has moved ${missed}: find what it became and say so in infra/stripe-sdk.ts`);
}

const inSdk = (path: string) => path.replaceAll("\\", "/").split("stripe/esm/").at(-1) ?? "";
