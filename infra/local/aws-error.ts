/** What a service of AWS answers a call that it refuses: its error's type, a message, and the status of HTTP. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** The call was carried out, but its answer gets lost on the way. */
export class AnswerLost extends Error {}
