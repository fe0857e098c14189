type Kind = "responses" | "headers" | "examples" | "parameters";

/** What many operations say in the same words: it stands in the document once, and they refer to it. */
export interface Shelf {
  /** A reference to it; the same name must always be of the same thing. */
  put(kind: Kind, name: string, value: object): { $ref: string };
  components(): Readonly<Record<Kind, Readonly<Record<string, object>>>>;
}

export function openShelf(): Shelf {
  const shelf = { responses: {}, headers: {}, examples: {}, parameters: {} } as Record<
    Kind,
    Record<string, object>
  >;
  return {
    put(kind, name, value) {
      const there = shelf[kind][name];
      if (there && JSON.stringify(there) !== JSON.stringify(value))
        throw new Error(`two ${kind} are named ${name}`);
      shelf[kind][name] = value;
      return { $ref: `#/components/${kind}/${name}` };
    },
    components: () => shelf,
  };
}
