import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failed } from "../../shared/domain/failures.ts";
import { readXml, writeXml } from "../../shared/endpoint/dialects/xml.ts";

const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readXml(bytes(text), "user");

describe("XML is read", () => {
  test.each<[string, string, unknown]>([
    ["elements by name, with their text", "<user><name>Ä &amp;  B</name></user>", { name: "Ä &  B" }],
    [
      "text without the white space around it",
      "<user>\n  <role>\n    MANAGER\t</role>\r\n  <share> 1.5 </share>\n</user>",
      { role: "MANAGER", share: "1.5" },
    ],
    [
      "elements with nothing but white space or empty ones as if they weren't there",
      "<user><phone> \n</phone><address>\n<zip/><city> </city></address></user>",
      {},
    ],
    [
      "xsi:nil as null, which takes a member back",
      '<user xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><phone xsi:nil="true"/><address xsi:nil="1"></address><name xsi:nil="false">A</name></user>',
      { phone: null, address: null, name: "A" },
    ],
    [
      "nil by any prefix that is bound to XML Schema's namespace, where it is bound",
      `<user><phone xmlns:i="${schemaInstance}" i:nil="true"/><name xmlns:i="urn:x" i:nil="true">A</name></user>`,
      { phone: null, name: "A" },
    ],
    [
      "nil, and what is called xsi:nil elsewhere, as any other attribute",
      '<user xmlns:xsi="urn:x"><phone xsi:nil="true">1</phone><name nil="true">A</name></user>',
      { phone: "1", name: "A" },
    ],
    ["elements in elements", "<user><address><zip>1</zip></address></user>", { address: { zip: "1" } }],
    ["references to characters", "<user><name>&#65;&#x42;&lt;</name></user>", { name: "AB<" }],
    ["CDATA and comments", "<user><!-- - --><name><![CDATA[<b>]]></name></user>", { name: "<b>" }],
    ["empty elements as if they weren't there", "<user><address/><name></name></user>", {}],
    [
      "a declaration of UTF-8 and white space",
      '<?xml version="1.0" encoding="utf-8"?>\n<user>\n</user>\n',
      {},
    ],
    ["attributes, which mean nothing", '<user xmlns="urn:x"><name a="1">A</name></user>', { name: "A" }],
  ])("%s", async (_, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });
});

describe("XML is refused", () => {
  const bomb = `<!DOCTYPE user [<!ENTITY a "aaaaaaaaaa">${[..."bcdefghij"]
    .map((name, n) => `<!ENTITY ${name} "${`&${"abcdefghij"[n]};`.repeat(10)}">`)
    .join("")}]><user><name>&j;</name></user>`;
  const external = '<!DOCTYPE user [<!ENTITY x SYSTEM "file:///etc/passwd">]><user><name>&x;</name></user>';

  test.each<[string, string]>([
    ["a bomb of entities", bomb],
    ["an external entity", external],
    ["a document type by itself", "<!DOCTYPE user><user/>"],
    ["an external document type", '<!DOCTYPE user SYSTEM "http://127.0.0.1/evil.dtd"><user/>'],
    ["an unknown entity", "<user><name>&evil;</name></user>"],
    ["another declared encoding", '<?xml version="1.0" encoding="UTF-16"?><user/>'],
    ["no end", "<user><name>A</name>"],
    ["crossing elements", "<user><a><b></a></b></user>"],
    ["two roots", "<user/><user/>"],
    ["an element twice", "<user><name>A</name><name>B</name></user>"],
    ["xsi:nil on what has text", `<user xmlns:xsi="${schemaInstance}"><name xsi:nil="true">A</name></user>`],
    [
      "xsi:nil on what has elements, empty ones included",
      `<user xmlns:xsi="${schemaInstance}"><address xsi:nil="true"><zip/></address></user>`,
    ],
    ["a prefix that is bound to nothing", '<user><name xsi:nil="true"/></user>'],
    ["text beside elements", "<user>text<name>A</name></user>"],
    ["__proto__", "<user><__proto__><a>1</a></__proto__></user>"],
    ["text and no XML", "user"],
    ["nothing", ""],
    ["characters that XML can't hold", "<user><name>\u0001</name></user>"],
    ["100,000 elements in each other", `${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}`],
    ["elements deeper than any model", `<user>${"<a>".repeat(5)}1${"</a>".repeat(5)}</user>`],
    ["another root", "<other/>"],
  ])("%s", async (_, text) => {
    await expect(read(text)).rejects.toThrow(Failed);
  });

  test.each<[string, Uint8Array]>([
    ["UTF-16", Buffer.from("\uFEFF<user/>", "utf16le")],
    ["Latin-1", Buffer.from("<user><name>Ä</name></user>", "latin1")],
    [
      "half a character",
      Buffer.concat([bytes("<user><name>"), Buffer.from([0xc3]), bytes("</name></user>")]),
    ],
  ])("%s", async (_, encoded) => {
    await expect(readXml(encoded, "user")).rejects.toThrow(Failed);
  });
});

test("what is written is read the same", async () => {
  const isXml = (one: string) =>
    one.isWellFormed() &&
    !/^[ \t\r\n]|[ \t\r\n]$/.test(one) &&
    !/[\p{Cc}\uFFFE\uFFFF]/u.test(one.replace(/[\t\r\n]/g, ""));
  const text = fc.string({ unit: "binary", minLength: 1 }).filter(isXml);
  const flat = fc.dictionary(fc.constantFrom("a", "b", "c"), text);
  await fc.assert(
    fc.asyncProperty(flat, async (value) => {
      expect(await read(writeXml("user", value))).toEqual(value);
    }),
  );
});

test("null is left out, a list is its element once for each, and what XML can't hold is replaced", () => {
  expect(writeXml("user", { a: null, b: [{ c: 1 }, { c: true }], d: "<&>\u0000" })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<user><b><c>1</c></b><b><c>true</c></b><d>&lt;&amp;&gt;\uFFFD</d></user>',
  );
});
