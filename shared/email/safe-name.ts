/**
 * A name that somebody chose, as it may stand in an email to somebody else: on one line, with nothing in it that is
 * invisible or turns text around, nothing that a mail client makes a link of, and no longer than `longest`.
 */
export function safeName(name: string, longest = 80): string {
  const visible = name.normalize("NFC").replace(/\s+/gu, " ").replace(invisible, "");
  const plain = visible
    .replace(linking, "$1 ")
    .replace(slashes, (run) => [...run].join(" "))
    .replace(/ {2,}/g, " ")
    .trim();
  return clip(plain, longest);
}

/** Control characters, zero-width ones, those that set the direction of text, fillers and what has no glyph. */
const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A dot, colon or at sign, or what looks like one, makes addresses of what follows: a space keeps them apart. */
const linking = /([:：﹕︓@＠﹫](?=\S)|[.․。．｡](?=[^\s.․。．｡]))/gu;

/** `//host` and `\\host` are addresses too. */
const slashes = /[/\\／⁄∕＼﹨]{2,}/gu;

/**
 * Cuts between whole characters, counting UTF-16 units, so that no pile of accents is long. A colon at the end would
 * make an address of the ellipsis.
 */
function clip(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter("en").segment(text)) {
    if (kept.length + segment.length > longest - 1) break;
    kept += segment;
  }
  return `${kept.replace(/[\s\p{P}]+$/u, "")}…`;
}
