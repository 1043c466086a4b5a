// Every catalogue of the signed-in pages: a new file in en/ is found by itself.
import type { Messages } from "@lingui/core";

const parts = import.meta.glob<Messages>(["./en/*.json", "!./en/common.json", "!./en/auth.json"], {
  eager: true,
  query: "?icu",
  import: "default",
});

export default Object.assign({}, ...Object.values(parts)) as Messages;
