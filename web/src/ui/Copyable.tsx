// A line that is taken somewhere else: shown whole with a copy button, or only the button.
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { Button } from "./Button";
import { copyText } from "./CopyId";
import { toast } from "./Toast";

export function Copyable(props: { text: string; label: string; button?: boolean }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await copyText(props.text)) setCopied(true);
    else toast(t("common.copy_failed"));
  };
  const button = (
    <Button bare={!props.button} icon={copied ? Check : Copy} onClick={copy}>
      {copied ? t("common.copied") : props.label}
    </Button>
  );
  if (props.button) return button;
  return (
    <div className="said">
      <code>{props.text}</code>
      {button}
    </div>
  );
}
