/** The command line of `npm start`: what it refuses, and how it says so. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, it } from "vitest";
import { close, listen } from "../../infra/local/http.ts";
import { temporaryFolder } from "./assembly.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

async function npmStart(...args: string[]) {
  const script = join(import.meta.dirname, "../../infra/local/start.ts");
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder.path,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise((resolve) => child.once("exit", resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exit, out, error };
}

it("the port taken: names it, and the way out", async () => {
  const server = createServer();
  const port = await listen(server);
  const { code, error } = await npmStart("--port", String(port));
  expect([code, error]).toEqual([1, expect.stringContaining(`Port ${port} is taken`)]);
  expect(error).toContain(`--port ${port + 1}`);
  await close(server);
});

it.each([
  [["--prot", "1"], "--prot"],
  [["--port", "many"], "--port wants a number"],
  [["--port", "99999"], "--port wants a number"],
  [["extra"], "extra"],
])("refuses %j with the options that there are", async (args, word) => {
  const { code, error } = await npmStart(...args);
  expect([code, error]).toEqual([1, expect.stringContaining(word)]);
  expect(error).toContain("--fresh");
});

it("--help", async () => {
  expect(await npmStart("--help")).toMatchObject({ code: 0, out: expect.stringContaining("--fresh") });
});
