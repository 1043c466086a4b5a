// Every catalogue of the signed-in pages: a new file in ne/ is found by itself.
import type { Messages } from "@lingui/core";

const parts = import.meta.glob<Messages>(["./ne/*.json", "!./ne/common.json", "!./ne/auth.json"], {
  eager: true,
  query: "?icu",
  import: "default",
});

export default Object.assign({}, ...Object.values(parts)) as Messages;
