// Turns a catalogue of ICU messages into compiled Lingui messages at build time: `import messages from "./en/home.json?icu"`.
import { readFileSync } from "node:fs";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

export function icu(): Plugin {
  return {
    name: "icu-messages",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".json?icu")) return null;
      const file = id.slice(0, -"?icu".length);
      this.addWatchFile(file);
      const source = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
      const compiled = Object.fromEntries(
        Object.entries(source).map(([key, message]) => [key, compileMessage(message)]),
      );
      // A JSON.parse of a string is parsed faster than an object literal, and keeps keys out of the minifier's way.
      return {
        code: `export default JSON.parse(${JSON.stringify(JSON.stringify(compiled))});`,
        map: null,
        moduleType: "js",
      };
    },
  };
}
