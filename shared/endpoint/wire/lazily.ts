import * as z from "zod/mini";

/** A schema by the function that makes it. */
export type Lazily<S extends z.ZodMiniType = z.ZodMiniType> = () => S;

/** What conforms to it. */
export type Of<S extends Lazily> = z.infer<ReturnType<S>>;

/**
 * Makes a schema when it is first asked for, and once. Of all that a function's modules declare, its request needs one
 * or two, and those of answers only the document; there were up to 240 to be made in each cold start.
 */
/* @__NO_SIDE_EFFECTS__ */
export function lazily<S extends z.ZodMiniType>(make: () => S): Lazily<S> {
  let made: S | undefined;
  return () => (made ??= make());
}

/* @__NO_SIDE_EFFECTS__ */
export function listOf<S extends z.ZodMiniType>(schema: Lazily<S>): Lazily<z.ZodMiniArray<S>> {
  return lazily(() => z.array(schema()));
}
