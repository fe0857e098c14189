/** Every mail that the run has taken, a file each in the state folder: whoever is killed loses none of them. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { z } from "zod";
import { readEmail } from "../../../shared/domain/email.ts";
import type { State } from "../state.ts";

export const stages = ["sent", "delayed", "delivered", "bounced", "complained", "rejected"] as const;

const Mail = z.object({
  /** SES's message id; a later mail's is greater. */
  id: z.string(),
  at: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  cc: z.array(z.string()),
  subject: z.string(),
  text: z.string().nullable(),
  html: z.string().nullable(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  tags: z.record(z.string(), z.string()),
  configurationSet: z.string().optional(),
  /** How far it got, by recipient. */
  delivery: z.record(z.string(), z.enum(stages)),
  /** Who called SES. */
  caller: z.string(),
});
export type Mail = z.infer<typeof Mail>;
export type Stage = Mail["delivery"][string];
export type Mailbox = ReturnType<typeof openMailbox>;

const FOLDER = "data/mail";
/** The oldest go first: nobody reads more of them. */
const KEPT = 1_000;

export function openMailbox(state: State) {
  mkdirSync(state.path(FOLDER), { recursive: true });
  const fileOf = (id: string) => `${FOLDER}/${id}.json`;
  const files = readdirSync(state.path(FOLDER)).filter((file) => file.endsWith(".json"));
  const read = files.map((file) => Mail.safeParse(state.read(`${FOLDER}/${file}`)).data);
  /** The oldest first. */
  const mails = new Map(
    read
      .filter((mail) => mail !== undefined)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((mail) => [mail.id, mail]),
  );
  return {
    keep(mail: Mail): void {
      mails.set(mail.id, mail);
      state.write(fileOf(mail.id), mail);
      for (const [id] of mails) {
        if (mails.size <= KEPT) break;
        mails.delete(id);
        rmSync(state.path(fileOf(id)), { force: true });
      }
    },
    /** Writes a mail down anew, unless it is too old to be kept. */
    update(mail: Mail): void {
      if (mails.has(mail.id)) state.write(fileOf(mail.id), mail);
    },
    get: (id: string) => mails.get(id),
    /** The newest first; of one recipient, in whichever form their address is written. */
    list(to?: string): Mail[] {
      const all = [...mails.values()].reverse();
      if (to === undefined) return all;
      const wanted = comparable(to);
      return all.filter(({ delivery }) => Object.keys(delivery).some((one) => comparable(one) === wanted));
    },
  };
}

const comparable = (address: string) => readEmail(address)?.key ?? address.toLowerCase();
