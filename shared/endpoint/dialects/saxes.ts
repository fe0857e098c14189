/** The parser of XML: beside the bundles that read it, a file of its own that is loaded when some comes. */
export { SaxesParser } from "saxes";
