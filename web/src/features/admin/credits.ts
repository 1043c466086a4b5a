import type { Micros } from "../../api/contract";

/** “12.5” → 12_500_000, exactly; null when it is no amount above 0. Comma or point, no float on the way. */
export function toMicros(text: string): Micros | null {
  const found = /^(\d{1,9})(?:[.,](\d{1,6}))?$/.exec(text.trim().replace(/[\s'’]/g, ""));
  if (!found) return null;
  const micros = Number(found[1]) * 1_000_000 + Number((found[2] ?? "").padEnd(6, "0"));
  return micros > 0 ? micros : null;
}
