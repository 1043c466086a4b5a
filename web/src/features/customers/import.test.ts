import { describe, expect, it } from "vitest";
import type { ImportPreview } from "../../api/contract";
import { decode, firstShown, MAX_BYTES, readFile, rejectedCsv, sentence } from "./import";

const utf8 = (text: string) => new TextEncoder().encode(text);
const preview = (more: Partial<ImportPreview>): ImportPreview => ({
  digest: "d",
  adds: 0,
  changes: 0,
  same: 0,
  rejected: [],
  sample: [],
  columns: [],
  ...more,
});

describe("decode", () => {
  it("reads UTF-8, with and without its mark", () => {
    expect(decode(utf8("name\nरिना"))).toEqual({ ok: true, text: "name\nरिना" });
    expect(decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toEqual({ ok: true, text: "a" });
  });
  it("reads what Excel calls Unicode text", () => {
    expect(decode(new Uint8Array([0xff, 0xfe, 0x61, 0, 0x0a, 0]))).toEqual({ ok: true, text: "a\n" });
  });
  it.each([
    ["customers.import.empty", new Uint8Array()],
    ["customers.import.workbook", new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1])],
    ["customers.import.workbook", new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 1])],
    ["customers.import.not_utf8", new Uint8Array([0x61, 0xe9, 0x62])],
    ["customers.import.not_text", new Uint8Array([0x61, 0, 0x62])],
    ["customers.import.too_large", new Uint8Array(MAX_BYTES + 1)],
  ])("refuses: %s", (why, bytes) => {
    expect(decode(bytes)).toEqual({ ok: false, why });
  });
});

it("refuses a large file by its size, without reading it", async () => {
  const file = {
    size: MAX_BYTES + 1,
    arrayBuffer: () => Promise.reject(new Error("read")),
  } as unknown as File;
  expect(await readFile(file)).toEqual({ ok: false, why: "customers.import.too_large" });
});

it("shows first what is left out, then what changes", () => {
  expect(firstShown(preview({ adds: 3, changes: 1, rejected: [{ line: 2, text: "a", why: "b" }] }))).toBe(
    "left",
  );
  expect(firstShown(preview({ adds: 3, changes: 1 }))).toBe("change");
  expect(firstShown(preview({ same: 2 }))).toBe("same");
});

it("writes lines that were left out so that no cell is a formula", () => {
  const text = rejectedCsv(preview({ rejected: [{ line: 7, text: '=1+1, "x"', why: "no" }] }));
  expect(text).toBe('line,text,why\r\n7,"\'=1+1, ""x""",no');
});

it.each([
  ["line 7 says otherwise; that one counts", "Line 7 says otherwise; that one counts."],
  ["it belongs to Rina. Unlink it there first.", "It belongs to Rina. Unlink it there first."],
  ["telegram_id is a number", "telegram_id is a number."],
])("makes a sentence of %s", (why, said) => {
  expect(sentence(why)).toBe(said);
});
