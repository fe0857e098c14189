import * as z from "zod/mini";
import { lazily } from "./lazily.ts";

/** Schemas that many bodies share. Every text is bounded and free of control characters. */

export const Text = (maximum = 200) =>
  z
    .string()
    .check(z.trim(), z.minLength(1), z.maxLength(maximum), z.refine(isPlain, "holds control characters"));

/** Text of several lines. */
export const LongText = (maximum = 2_000) =>
  z.string().check(
    z.trim(),
    z.minLength(1),
    z.maxLength(maximum),
    z.refine((text) => isPlain(text.replace(/[\n\r\t]/g, "")), "holds control characters"),
  );

export const Phone = lazily(() =>
  z.string().check(z.trim(), z.regex(/^\+?[\d ().-]{3,30}$/, "must be a phone number such as +1 555 0100")),
);

export const WebAddress = lazily(() =>
  z.string().check(z.trim(), z.maxLength(500), z.refine(isWebAddress, "must be an http or https address")),
);

function isWebAddress(text: string): boolean {
  return isPlain(text) && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Neither control characters nor halves of a character, which DynamoDB may refuse. */
function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}

export const DomainName = lazily(() =>
  z
    .string()
    .check(
      z.trim(),
      z.toLowerCase(),
      z.regex(
        /^(?=.{4,253}$)([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/,
        "must be a domain name such as example.com",
      ),
    ),
);

export const TimeZone = lazily(() =>
  z.string().check(z.refine(isTimeZone, "must be an IANA time zone such as Europe/Berlin")),
);

/** By the list first: making a format, which also knows other names for the same, takes several times as long. */
function isTimeZone(name: string): boolean {
  if (Intl.supportedValuesOf("timeZone").includes(name)) return true;
  try {
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = lazily(() => z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)));

/** A time in milliseconds as the API writes it; null where there is none. */
export function timestamp(time: number): string;
export function timestamp(time: number | undefined): string | null;
export function timestamp(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** A member that may be given, and where null takes back what was given before. */
export const Clearable = <S extends z.ZodMiniType>(schema: S) => z.optional(z.nullable(schema));

/** The members given, where null has become undefined: what an update sets and what it removes. */
export function changesOf<Body extends object>(body: Body) {
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, value ?? undefined])) as {
    [M in keyof Body]: Exclude<Body[M], null>;
  };
}

/** An entity named beside another: its id and name. */
export const Named = lazily(() => z.strictObject({ id: z.string(), name: z.string() }));

/** The body of an answer that has none. */
export const Nothing = lazily(() => z.undefined());
