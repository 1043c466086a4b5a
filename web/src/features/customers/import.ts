// A file of customers on its way to the API: read as text here, so that what cannot be read is said before anything is sent.
import type { ImportPreview } from "../../api/contract";
import type { MessageId } from "../../i18n";
import type { Shown } from "./search";

/** As the API has it: 5 MB of text. */
export const MAX_BYTES = 5 * 1024 * 1024;
/** The API names so many lines that are left out, not more. */
export const REJECTED_SHOWN = 1000;

export type ReadFile = { ok: true; text: string } | { ok: false; why: MessageId };

/** UTF-8, or what a byte order mark says; a workbook or an old code page is refused with what to do. */
export function decode(bytes: Uint8Array): ReadFile {
  if (bytes.length === 0) return { ok: false, why: "customers.import.empty" };
  if (bytes.length > MAX_BYTES) return { ok: false, why: "customers.import.too_large" };
  const starts = (...head: number[]) => head.every((byte, index) => bytes[index] === byte);
  // A zip (xlsx, ods, numbers) or an old Excel file.
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0xd0, 0xcf, 0x11, 0xe0))
    return { ok: false, why: "customers.import.workbook" };
  const encoding = starts(0xff, 0xfe) ? "utf-16le" : starts(0xfe, 0xff) ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes("\0")) return { ok: false, why: "customers.import.not_text" };
    return { ok: true, text };
  } catch {
    return { ok: false, why: "customers.import.not_utf8" };
  }
}

/** Asks the size first: a file of gigabytes is never read. */
export async function readFile(file: File): Promise<ReadFile> {
  if (file.size > MAX_BYTES) return { ok: false, why: "customers.import.too_large" };
  try {
    return decode(new Uint8Array(await file.arrayBuffer()));
  } catch {
    return { ok: false, why: "customers.import.unreadable" };
  }
}

export const SHOWN: readonly Shown[] = ["left", "change", "add", "same"];

export function countsOf(preview: ImportPreview): Record<Shown, number> {
  return {
    left: preview.rejected.length,
    change: preview.changes,
    add: preview.adds,
    same: preview.same,
  };
}

/** What is worth a look first: what fails, then what changes. */
export function firstShown(preview: ImportPreview): Shown {
  const counts = countsOf(preview);
  return SHOWN.find((each) => counts[each] > 0) ?? "add";
}

/** The API speaks in the middle of a sentence. */
export function sentence(why: string): string {
  // A column's name stays as it is written.
  const text = /^\w+_/.test(why) ? why : why.charAt(0).toUpperCase() + why.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A cell that no program takes for a formula. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function rejectedCsv(preview: ImportPreview): string {
  const rows = preview.rejected.map((each) => [String(each.line), each.text, each.why]);
  return [["line", "text", "why"], ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

export const EXAMPLE =
  "customer,panel,username,telegram_id\r\nRina Media,,rina_media,5550001170\r\nDeepak,,deepak.smm,\r\n";

export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
