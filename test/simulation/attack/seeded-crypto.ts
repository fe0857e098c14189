/** In the place of `node:crypto`: the same, but for what it draws by chance, which follows from the seed. */
import * as crypto from "node:crypto";
import { current } from "./time.ts";

export const { timingSafeEqual } = crypto;

/** Few texts are hashed again and again. */
const hashed = new Map<string, Buffer>();
const most = 1_000;

export function createHash(algorithm: "sha256") {
  let text = "";
  const digest = (encoding?: "base64url") => {
    const known = hashed.get(text) ?? crypto.createHash(algorithm).update(text).digest();
    if (hashed.size >= most) hashed.clear();
    hashed.set(text, known);
    return encoding ? known.toString(encoding) : known;
  };
  const hash = { update, digest };
  function update(more: string) {
    text += more;
    return hash;
  }
  return hash;
}

export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let n = 0; n < size; n += 1) bytes[n] = current.timeline.chance(256);
  return bytes;
}

export function randomUUID(): string {
  const hex = randomBytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export default { ...crypto, createHash, randomBytes, randomUUID };
