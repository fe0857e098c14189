/** How services of AWS are spoken to: JSON with the operation in a header, or (SES) a form that is answered in XML. */
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { AwsError } from "./aws-error.ts";
import { answerJson } from "./http.ts";

export type Protocol = {
  read(headers: IncomingHttpHeaders, body: Buffer): { operation: string; input: () => unknown };
  answer(response: ServerResponse, operation: string, result: unknown): void;
  refuse(response: ServerResponse, error: AwsError): void;
  /** What this protocol calls a signature of nobody's, and an operation that isn't there. */
  unknownCaller: AwsError;
  unknownOperation(service: string, operation: string): AwsError;
};

const NOBODY = "The security token included in the request is invalid.";

export const json: Protocol = {
  read: (headers, body) => ({
    operation: String(headers["x-amz-target"]).split(".").at(-1) ?? "",
    input: () => {
      try {
        return JSON.parse(body.toString());
      } catch {
        throw new AwsError("SerializationException", "The body of the call must be JSON.");
      }
    },
  }),
  answer: (response, _, result) => answerJson(response, 200, result),
  refuse: (response, { status, type, message }) => answerJson(response, status, { __type: type, message }),
  unknownCaller: new AwsError("UnrecognizedClientException", NOBODY),
  unknownOperation: (service, operation) =>
    new AwsError("NotImplemented", `The local run has no ${service}:${operation}.`),
};

/** AWS's Query protocol, as SES has it. */
export const query: Protocol = {
  read(_, body) {
    const form = new URLSearchParams(body.toString());
    return { operation: form.get("Action") ?? "", input: () => nested(form) };
  },
  answer(response, operation, result) {
    const RequestId = randomUUID();
    const content = { [`${operation}Result`]: result, ResponseMetadata: { RequestId } };
    answerXml(response, 200, RequestId, `${operation}Response`, content);
  },
  refuse(response, { status, type, message }) {
    const Type = status < 500 ? "Sender" : "Receiver";
    const denied = type === "AccessDeniedException";
    const Code = denied ? "AccessDenied" : type;
    const RequestId = randomUUID();
    const content = { Error: { Type, Code, Message: message }, RequestId };
    answerXml(response, denied ? 403 : status, RequestId, "ErrorResponse", content);
  },
  unknownCaller: new AwsError("InvalidClientTokenId", NOBODY, 403),
  unknownOperation: (_, operation) =>
    new AwsError("InvalidAction", `Could not find operation ${operation} for version 2010-12-01`),
};

type Tree = { [name: string]: Tree | string };

/** `A.B=x` as `{ A: { B: "x" } }`; the `member.1`, `member.2` … of a list as its elements. */
function nested(form: URLSearchParams): unknown {
  const root: Tree = Object.create(null);
  for (const [path, value] of form) {
    const names = path.split(".");
    const last = names.pop() ?? "";
    let tree = root;
    for (const name of names) {
      const found = tree[name];
      const branch: Tree = typeof found === "object" ? found : Object.create(null);
      tree[name] = branch;
      tree = branch;
    }
    tree[last] = value;
  }
  return plain(root);
}

function plain(tree: Tree | string): unknown {
  if (typeof tree === "string") return tree;
  if (typeof tree.member === "object") return Object.values(tree.member).map(plain);
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, plain(value)]));
}

function answerXml(
  response: ServerResponse,
  status: number,
  requestId: string,
  name: string,
  content: unknown,
): void {
  const text = `<${name} xmlns="http://ses.amazonaws.com/doc/2010-12-01/">${xml(content)}</${name}>`;
  response
    .writeHead(status, {
      "content-type": "text/xml",
      "content-length": Buffer.byteLength(text),
      "x-amzn-requestid": requestId,
    })
    .end(text);
}

function xml(value: unknown): string {
  if (typeof value !== "object" || value === null) return asText(String(value));
  return Object.entries(value)
    .map(([name, content]) => `<${name}>${xml(content)}</${name}>`)
    .join("");
}

/** XML has no control characters, not even escaped ones. */
const asText = (text: string) =>
  text.replace(/\p{Cc}/gu, " ").replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
