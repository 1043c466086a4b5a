import { Check, Copy, RotateCcw, UserPlus, X } from "lucide-react";
import { useT } from "../../i18n";
import { useHotkeys } from "../../lib/hooks";
import { Button } from "../../ui/Button";

export function BulkBar(props: {
  count: number;
  busy: string | null;
  onRetry: () => void;
  onAssign: () => void;
  onCopy: () => void;
  onClose: () => void;
  onClear: () => void;
}) {
  const t = useT();
  useHotkeys({ Escape: props.onClear });
  return (
    <div className="bulk" role="toolbar" aria-label={t("requests.bulk", { count: props.count })}>
      <b className="nw">{t("requests.selected", { count: props.count })}</b>
      <Button bare icon={RotateCcw} busy={props.busy === "retry"} onClick={props.onRetry}>
        {t("requests.retry")}
      </Button>
      <Button bare icon={UserPlus} onClick={props.onAssign}>
        {t("requests.assign")}
      </Button>
      <Button bare icon={Copy} onClick={props.onCopy}>
        {t("requests.copy")}
      </Button>
      <Button bare icon={Check} busy={props.busy === "close"} onClick={props.onClose}>
        {t("requests.close")}
      </Button>
      <Button bare icon={X} label={t("requests.clear")} onClick={props.onClear} />
    </div>
  );
}
