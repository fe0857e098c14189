/** What the email says, piece by piece; the names in it are safe, the link is the only one. */
export interface Words {
  readonly heading: Sentence;
  readonly ends: string;
  readonly ask: string;
  readonly accept: string;
  readonly ignore: string;
  readonly personal: string;
  readonly link: string;
}

/** A sentence whose names are set apart. */
export type Sentence = readonly (string | { readonly name: string })[];
