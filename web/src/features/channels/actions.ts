// What can be done with a channel. Each is harmless to press twice; what the server answers is shown at once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { ChannelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { toast, useProblemText } from "../../ui";

export function useChannelActions(card: ChannelCard) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const path = `/tenants/${tenant}/channels/${card.id}`;
  const list = keys.tenant(tenant, "channels");
  const shown = (fresh: ChannelCard) => {
    client.setQueryData<ChannelCard[]>(list, (before) =>
      before?.map((each) => (each.id === fresh.id ? fresh : each)),
    );
    void client.invalidateQueries({ queryKey: list });
    void client.invalidateQueries({ queryKey: keys.tenant(tenant, "home") });
  };
  const failed = (error: unknown) => toast(text(error));
  const check = useMutation({
    mutationFn: () => api.post<ChannelCard>(`${path}/check`),
    onSuccess: (fresh) => {
      shown(fresh);
      toast(
        fresh.state === "online"
          ? t("channels.checked_ok", { name: fresh.name })
          : t("channels.checked", { name: fresh.name, state: fresh.state_text }),
      );
    },
    onError: failed,
  });
  const takeOver = useMutation({
    mutationFn: () => api.post<ChannelCard>(`${path}/take-over`),
    onSuccess: shown,
  });
  const enable = useMutation({
    mutationFn: (enabled: boolean) => api.patch<ChannelCard>(path, { enabled }),
    onSuccess: (fresh, enabled) => {
      shown(fresh);
      if (enabled) toast(t("channels.switched_on", { name: fresh.name }));
      else toast(t("channels.switched_off", { name: fresh.name }), () => enable.mutate(true));
    },
    onError: failed,
  });
  const leave = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: () => {
      client.setQueryData<ChannelCard[]>(list, (before) => before?.filter((each) => each.id !== card.id));
      void client.invalidateQueries({ queryKey: list });
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "home") });
      toast(t("channels.left", { name: card.name }));
    },
  });
  return { check, takeOver, enable, leave };
}
