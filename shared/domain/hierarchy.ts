/**
 * Businesses form trees. A business without children may be put below another, so that no interleaving makes a cycle:
 * whatever is below it would have to be its child first. A root has depth 1.
 */
export interface Placed {
  readonly parentBusinessId?: string | undefined;
  /** Absent on a root. */
  readonly depth?: number | undefined;
  /** Absent where there never was one. */
  readonly childCount?: number | undefined;
}

export const mostDepth = 5;

export const depthOf = ({ depth = 1 }: Placed): number => depth;
