/** In the place of `node:crypto`: the same, but for what it draws by chance, which follows from the seed. */
import * as crypto from "node:crypto";
import { current } from "./time.ts";

export const { createHash, timingSafeEqual } = crypto;

export function randomBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => current.timeline.chance(256)));
}

export function randomUUID(): string {
  const hex = randomBytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export default { ...crypto, randomBytes, randomUUID };
