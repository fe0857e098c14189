import type { SaxesAttributeNS, SaxesTagNS } from "saxes";
import { textOf, unreadable } from "../json.ts";

/** An element that is open: its text, and the elements in it by name. */
interface Open {
  readonly name: string;
  readonly parts: Map<string, unknown>;
  /** By `xsi:nil`, the way of XML Schema to say null, whatever prefix stands for its namespace. */
  readonly isNil: boolean;
  text: string;
}

/** No model here is deeper. */
const mostDepth = 4;

/**
 * Reads well-formed XML in UTF-8 whose root has that name: an element with elements in it as an object, another as its
 * text without the space around it, an empty one as if it weren't there, and one with `xsi:nil="true"` as null.
 * Document types are refused, and with them entities of one's own; other attributes mean nothing here.
 */
export async function readXml(bytes: Uint8Array, root: string): Promise<unknown> {
  const { SaxesParser } = await import("./saxes.ts");
  const open: Open[] = [{ name: "", parts: new Map(), isNil: false, text: "" }];
  const parser = new SaxesParser({ xmlns: true });
  const top = () => open.at(-1) as Open;
  const add = (text: string) => {
    top().text += text;
  };
  parser.on("error", refuse);
  parser.on("doctype", refuse);
  parser.on("xmldecl", ({ encoding = "utf-8" }) => void (/^utf-?8$/i.test(encoding) || refuse()));
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("opentag", ({ name, attributes }: SaxesTagNS) => {
    if (open.length > mostDepth) refuse();
    const isNil = Object.values(attributes).some(saysNil);
    open.push({ name, parts: new Map(), isNil, text: "" });
  });
  parser.on("closetag", () => {
    const element = open.pop() as Open;
    const { name } = element;
    if (name === "__proto__" || top().parts.has(name)) refuse();
    top().parts.set(name, saidBy(element));
  });
  parser.write(decode(bytes)).close();
  const document = top().parts;
  if (!document.has(root)) throw unreadable(`the root element must be ${root}`);
  const value = document.get(root);
  return typeof value === "object" ? value : {};
}

function saysNil({ uri, local, value }: SaxesAttributeNS): boolean {
  return uri === schemaInstance && local === "nil" && /^(true|1)$/.test(value.trim());
}

const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

/** What an element says; nothing, where it is empty, or holds nothing but empty ones. */
function saidBy({ parts, isNil, text }: Open): unknown {
  const own = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const isEmpty = own === "" && parts.size === 0;
  if ((own !== "" && parts.size > 0) || (isNil && !isEmpty)) refuse();
  if (isNil) return null;
  const given = [...parts].filter(([, part]) => part !== "");
  return given.length > 0 ? Object.fromEntries(given) : own;
}

function decode(bytes: Uint8Array): string {
  try {
    return textOf(bytes);
  } catch {
    return refuse();
  }
}

function refuse(): never {
  throw unreadable(
    "the body is not well-formed XML in UTF-8 without a document type, each element once, and empty where it is xsi:nil",
  );
}

/** Writes a value as an element: null is left out, a list is the element once for each. */
export function writeXml(root: string, value: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, value)}`;
}

function element(name: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((one) => element(name, one)).join("");
  const parts = typeof value === "object" ? Object.entries(value) : undefined;
  const inner = parts ? parts.map(([part, of]) => element(part, of)).join("") : escapeText(String(value));
  return `<${name}>${inner}</${name}>`;
}

const special: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\r": "&#13;",
};

/** What XML can't hold at all becomes the replacement character. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>\r]/g, (character) => special[character] ?? "")
    .replace(notXml, "\u{FFFD}");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
