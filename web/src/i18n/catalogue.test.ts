// Each language has the same messages with the same arguments as English, and every catalogue is typed.
import { readdirSync, readFileSync } from "node:fs";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, it } from "vitest";
import { LOCALES } from ".";

const folder = `${import.meta.dirname}`;
const files = readdirSync(`${folder}/en`).filter((file) => file.endsWith(".json"));
const read = (locale: string, file: string) =>
  JSON.parse(readFileSync(`${folder}/${locale}/${file}`, "utf8")) as Record<string, string>;

/** Names of arguments and numbers of elements, as a sorted list. */
function argumentsOf(message: string): string[] {
  const found = new Set<string>();
  const walk = (tokens: unknown) => {
    if (!Array.isArray(tokens)) return;
    for (const token of tokens) {
      if (!Array.isArray(token)) continue;
      found.add(String(token[0]));
      const rest = token[2];
      if (typeof rest === "object" && rest !== null) Object.values(rest).forEach(walk);
    }
  };
  walk(compileMessage(message));
  for (const tag of message.matchAll(/<(\d+)\/?>/g)) found.add(`<${tag[1]}>`);
  return [...found].sort();
}

describe.each(LOCALES.filter(({ id }) => id !== "en"))("$id", ({ id }) => {
  it("has the same catalogues", () => {
    expect(
      readdirSync(`${folder}/${id}`)
        .filter((file) => file.endsWith(".json"))
        .sort(),
    ).toEqual([...files].sort());
  });
  it.each(files)("%s: same messages, same arguments", (file) => {
    const english = read("en", file);
    const other = read(id, file);
    expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
    for (const [key, message] of Object.entries(english)) {
      expect(argumentsOf(other[key] ?? ""), key).toEqual(argumentsOf(message));
    }
  });
});

describe("English", () => {
  it("types every catalogue", () => {
    const types = readFileSync(`${folder}/ids.ts`, "utf8");
    for (const file of files) expect(types, file).toContain(`"./en/${file}"`);
  });
  it("uses no id twice", () => {
    const all = files.flatMap((file) => Object.keys(read("en", file)));
    expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
  });
});
