import { Ajv2020 } from "ajv/dist/2020.js";

/** An answer as the tests see it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

type Document = {
  components: { responses: Record<string, ResponseObject> };
  paths: Record<string, Record<string, { responses: Record<string, ResponseObject> }>>;
};
type ResponseObject = { content?: Record<string, { schema: object }>; $ref?: string };

/** Checks answers against the OpenAPI document of the run that gave them. */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
    this.#ajv.addSchema(document, "openapi");
  }

  /** Throws where the document doesn't declare such an answer to such a request. */
  check(method: string, path: string, { status, headers, body }: Answer): void {
    const template = this.#find(method, path);
    if (!template) return;
    const own = `#/paths/${escapePart(template)}/${method.toLowerCase()}/responses/${status}`;
    const answer = this.#document.paths[template]?.[method.toLowerCase()]?.responses[status];
    const where = answer?.$ref ?? own;
    const declared = answer?.$ref
      ? this.#document.components.responses[where.split("/").at(-1) ?? ""]
      : answer;
    if (!declared) throw new Error(`${method} ${template} does not declare an answer ${status}`);
    const [mediaType = ""] = (headers.get("content-type") ?? "").split(";");
    if (!declared.content) return;
    if (!declared.content[mediaType]) throw new Error(`${where} does not declare ${mediaType}`);
    if (typeof body === "string") return; // XML says the same, and has no schema
    const validate = this.#ajv.getSchema(`openapi${where}/content/${escapePart(mediaType)}/schema`);
    if (!validate?.(body)) {
      const errors = this.#ajv.errorsText(validate?.errors);
      throw new Error(`${method} ${template} → ${status}: ${errors}\n${JSON.stringify(body)}`);
    }
  }

  #find(method: string, path: string): string | undefined {
    const fits = (template: string) =>
      new RegExp(`^${template.replaceAll(/{\w+}/g, "[^/]+").replaceAll(".", "\\.")}$`).test(path);
    const candidates = Object.keys(this.#document.paths).filter(fits);
    return candidates
      .sort((a, b) => a.split("{").length - b.split("{").length)
      .find((template) => this.#document.paths[template]?.[method.toLowerCase()]);
  }
}

function escapePart(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
