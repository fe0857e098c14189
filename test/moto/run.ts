/** `npm run test:moto`: the answers of the local SES beside those of moto, a mock of AWS that others wrote. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import {
  CreateConfigurationSetCommand,
  SESClient,
  type SendEmailCommand,
  VerifyDomainIdentityCommand,
  VerifyEmailIdentityCommand,
} from "@aws-sdk/client-ses";
import { close, listen } from "../../infra/local/http.ts";
import { clientOf, SENDER, startMailer } from "../local/mailer.ts";
import { change, refused, taken } from "../local/ses-cases.ts";

const HELP = `npm run test:moto     Compares the local SES with moto's

Needs Python 3 with moto's server: pip install 'moto[ses,server]'`;

/** Where both answer, and not alike, by the case: what moto answers, and why we don't. */
const differences: Readonly<Record<string, readonly [moto: string, because: string]>> = {
  "a sender that is no address": ["MessageRejected", "moto looks up the sender before it reads the address"],
  "more than 50 recipients": ["MessageRejected", "SES answers InvalidParameterValue, as many have reported"],
  "a mail without anything": ["MessageRejected", "SES validates what is required before all else"],
  "a sender of a verified domain": ["MessageRejected", "moto tells domains apart by case, SES doesn't"],
  "a sender of a domain below one": ["MessageRejected", "for SES, a domain verifies those below it"],
};

class Missing extends Error {}

async function startMoto(): Promise<{ client: SESClient; process: ChildProcess; version: string }> {
  const version = spawnSync("python3", ["-c", "import flask, flask_cors, moto; print(moto.__version__)"]);
  if (version.status !== 0) throw new Missing(`Nothing was compared: moto isn't there.\n\n${HELP}`);
  const probe = createServer();
  const port = await listen(probe);
  await close(probe);
  const process = spawn("python3", ["-m", "moto.server", "-p", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve, reject) => {
    const lines = createInterface(process.stderr);
    lines.on("line", (line) => line.includes("Running on") && resolve());
    lines.once("close", () => reject(new Error("moto's server ended at its start")));
  });
  const client = new SESClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "moto", secretAccessKey: "moto" },
    maxAttempts: 1,
  });
  await client.send(new VerifyEmailIdentityCommand({ EmailAddress: SENDER }));
  await client.send(new VerifyDomainIdentityCommand({ Domain: "verified.example" }));
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSet: { Name: "Invitations" } }));
  return { client, process, version: version.stdout.toString().trim() };
}

/** `taken`, or the code that a call is refused with. */
async function answerOf(client: SESClient, command: SendEmailCommand): Promise<string> {
  try {
    const { MessageId } = await client.send(command);
    return MessageId ? "taken" : "taken, without an id";
  } catch (error) {
    return (error as Error).name;
  }
}

async function main(): Promise<boolean> {
  if (process.argv.includes("--help")) {
    console.log(HELP);
    return true;
  }
  const moto = await startMoto();
  const local = await startMailer();
  try {
    const client = await clientOf(local);
    let isAsExpected = true;
    console.log(`The local SES beside that of moto ${moto.version}:\n`);
    for (const [what, changes] of [...refused, ...taken]) {
      const ours = await answerOf(client, change(changes));
      const theirs = await answerOf(moto.client, change(changes));
      const [listed, because] = differences[what] ?? [];
      const isLaxer = theirs === "taken" && ours !== "taken";
      const isFine = ours === theirs || isLaxer || theirs === listed;
      isAsExpected &&= isFine;
      const remark = isLaxer ? "moto doesn't look at it" : (because ?? "");
      console.log(
        `${what.padEnd(33)}${ours.padEnd(40)}${theirs.padEnd(23)}${isFine ? remark : "NOT AS EXPECTED"}`,
      );
    }
    return isAsExpected;
  } finally {
    moto.process.kill();
    await local.remove();
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Missing ? error.message : error);
  process.exitCode = 1;
}
