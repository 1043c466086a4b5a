import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { toast } from "./Toast";

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** An id that keeps its direction, with a button that copies it. */
export function CopyId(props: { id: string; plain?: boolean }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <span className="nw">
      <span className={props.plain ? "ltr" : "id"}>{props.id}</span>
      <button
        type="button"
        className="copy"
        aria-label={t("common.copy", { what: props.id })}
        onClick={async () => {
          if (await copyText(props.id)) setCopied(true);
          else toast(t("common.copy_failed"));
        }}
      >
        {copied ? <Check className="i s" aria-hidden="true" /> : <Copy className="i s" aria-hidden="true" />}
      </button>
    </span>
  );
}
