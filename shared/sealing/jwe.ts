/** What seals: beside the bundle, for requests that need it. */
export { CompactEncrypt, importJWK } from "jose";
