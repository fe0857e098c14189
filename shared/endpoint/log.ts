/**
 * One line of JSON an entry. Lines hold ids, routes, codes and stack frames; never a path (it may carry an
 * invitation's token), a body, an email or a name, nor an error's message, which may quote one.
 */
export function log(
  level: "info" | "error",
  entry: Readonly<Record<string, string | number | boolean | null | undefined>>,
) {
  console.log(JSON.stringify({ level, ...entry }));
}

/** What a log line may say of an error: its kind and where it was thrown. */
export function describeError(error: unknown): { error: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    error: error.name,
    at: frames
      .slice(0, 6)
      .map((line) => line.trim())
      .join(" < "),
  };
}
