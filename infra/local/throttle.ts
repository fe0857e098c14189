/** The stage's throttling: a token bucket for each route. */
import type { Limits } from "./http-api.ts";

/** Answers whether one more request of this route may pass. */
export function throttle(now: () => number = () => performance.now()) {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (routeKey: string, limits: Limits): boolean => {
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst = rate } = limits;
    if (rate === undefined || burst === undefined) return true;
    const at = now();
    const bucket = buckets.get(routeKey) ?? { tokens: burst, at };
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * rate);
    bucket.at = at;
    buckets.set(routeKey, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
