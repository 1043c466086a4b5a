// Every catalogue but the door's: a new file in ne/ is found by itself.
import type { Compiled } from "./message";

const parts = import.meta.glob<Record<string, Compiled>>(["./ne/*.json", "!./ne/door.json"], {
  eager: true,
  query: "?icu",
  import: "default",
});

export default Object.assign({}, ...Object.values(parts)) as Record<string, Compiled>;
