import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { ChatRow, GroupRow } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT, useWord } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Seg, State, toast, useProblemText } from "../../ui";

export const MODES = ["support", "silent", "off"] as const;

/** Done at once and undone from the toast: a mode harms nobody. */
export function ModeChoice({ group }: { group: Pick<GroupRow, "id" | "title" | "mode"> }) {
  const t = useT();
  const word = useWord();
  const text = useProblemText();
  const { tenant } = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const change = useMutation({
    // One after another, in the order of the presses.
    scope: { id: `mode ${group.id}` },
    mutationFn: (mode: GroupRow["mode"]) =>
      api.put<ChatRow>(`/tenants/${tenant}/chats/${group.id}/mode`, { mode }),
    onSuccess: () =>
      Promise.all(
        (["channels", "chats", "home"] as const).map((area) =>
          client.invalidateQueries({ queryKey: keys.tenant(tenant, area) }),
        ),
      ),
    onError: (error) => toast(text(error)),
  });
  const shown = change.isPending ? change.variables : group.mode;
  const choose = (mode: GroupRow["mode"]) => {
    const before = shown;
    if (mode === before) return;
    change.mutate(mode, {
      onSuccess: () =>
        toast(t("channels.mode_set", { title: group.title, mode: word("channels.mode", mode) }), () =>
          change.mutate(before),
        ),
    });
  };
  if (!can("channels.manage"))
    return (
      <State tone={group.mode === "support" ? "done" : "off"}>{word("channels.mode", group.mode)}</State>
    );
  return (
    <Seg
      label={t("channels.mode_of", { title: group.title })}
      value={shown}
      options={MODES.map((mode) => ({ value: mode, label: word("channels.mode", mode) }))}
      onChange={choose}
    />
  );
}
