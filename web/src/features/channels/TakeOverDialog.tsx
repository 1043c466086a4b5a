import type { ChannelCard } from "../../api/contract";
import { useT } from "../../i18n";
import { DangerDialog, Note, useProblemText } from "../../ui";
import { useChannelActions } from "./actions";

export function TakeOverDialog({ card, onClose }: { card: ChannelCard; onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const { takeOver } = useChannelActions(card);
  return (
    <DangerDialog
      title={t("channels.take_over_title", { bot: card.username })}
      keep={t("channels.take_over_keep")}
      act={t("channels.take_over")}
      busy={takeOver.isPending}
      error={takeOver.isError && <Note tone="failed">{text(takeOver.error)}</Note>}
      onClose={onClose}
      onAct={() => takeOver.mutate(undefined, { onSuccess: onClose })}
    >
      <p>{card.state_text}</p>
      <p>{t("channels.take_over_text")}</p>
    </DangerDialog>
  );
}
