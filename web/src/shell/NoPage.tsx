import { SearchX } from "lucide-react";
import { useT } from "../i18n";
import { useTitle } from "../lib/title";
import { Empty } from "../ui/bits";
import { Refused } from "../ui/Loaded";

export function NoPage() {
  const t = useT();
  useTitle(t("common.no_page.title"));
  return (
    <main className="alone" id="main">
      <Empty
        icon={SearchX}
        title={t("common.no_page.title")}
        action={
          <a className="btn" href="/">
            {t("common.no_page.action")}
          </a>
        }
      >
        {t("common.no_page.text")}
      </Empty>
    </main>
  );
}

export function Broken({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className="alone" id="main">
      <Refused error={error} onRetry={onRetry} />
    </main>
  );
}
