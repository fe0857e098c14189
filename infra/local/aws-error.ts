/** What a service of AWS answers a call that it refuses: its error's type, and a message. */
export class AwsError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
