import type { SESClient, SendEmailCommand } from "@aws-sdk/client-ses";

process.env.ACCEPT_URL ??= "https://app.example.com/invitations/{token}";

/** A mail as SES was given it, with what its tags and its link say. */
export interface FakeMail {
  readonly to: string;
  readonly businessId: string;
  readonly invitationId: string;
  readonly sendNo: number;
  readonly token: string;
  readonly text: string;
}

/** SES behind the SDK client's `send`, in this process: it keeps every mail, and answers as the test says. */
export class FakeSes {
  /** What it was sent, refused mails included. */
  readonly mails: FakeMail[] = [];
  readonly #answer: (mail: FakeMail) => unknown;

  constructor(answer: (mail: FakeMail) => unknown = () => undefined) {
    this.#answer = answer;
  }

  readonly send = (async ({ input }: SendEmailCommand) => {
    const tags = Object.fromEntries((input.Tags ?? []).map(({ Name, Value }) => [Name, Value]));
    const text = input.Message?.Body?.Text?.Data ?? "";
    const mail = {
      to: input.Destination?.ToAddresses?.join() ?? "",
      businessId: tags.businessId ?? "",
      invitationId: tags.invitationId ?? "",
      sendNo: Number(tags.sendNo),
      token: /[\w-]{112}/.exec(text)?.[0] ?? "",
      text,
    };
    this.mails.push(mail);
    await this.#answer(mail);
    return { MessageId: String(this.mails.length) };
  }) as SESClient["send"];
}

/** SES's refusal, as the SDK's client throws it. */
export function sesError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}
