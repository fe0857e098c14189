/** The Chromium that is installed (Debian's `chromium`, or what CHROMIUM names), driven by playwright-core. */
import { accessSync, constants } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const places = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const executablePath = places.find((place) => {
  try {
    if (place) accessSync(place, constants.X_OK);
    return Boolean(place);
  } catch {
    return false;
  }
});

/** Why there is no browser to test in; undefined where there is one. */
export const noBrowser = executablePath
  ? undefined
  : "no Chromium is installed: install Debian's chromium, or name one in CHROMIUM";

export async function openBrowser(): Promise<Browser | undefined> {
  // Its sandbox wants more than a container gives; it only sees pages of the run.
  return executablePath ? chromium.launch({ executablePath, args: ["--no-sandbox"] }) : undefined;
}

/** A page of a person of their own, and everything that goes wrong on it or leaves it by another method than GET. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const errors: string[] = [];
  const writes: string[] = [];
  context.on("page", (page: Page) => {
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("request", (request) => {
      if (request.method() !== "GET") writes.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
  });
  return { page: await context.newPage(), errors, writes, close: () => context.close() };
}
