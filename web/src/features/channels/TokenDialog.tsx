import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { ChannelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, Note, toast, useProblemText } from "../../ui";

/** A new bot, or a new token for one that is there. The token stays only in this form. */
export function TokenDialog({ channel, onClose }: { channel: ChannelCard | null; onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [token, setToken] = useState("");
  const connect = useMutation({
    mutationFn: () =>
      channel
        ? api.post<ChannelCard>(`/tenants/${tenant}/channels/${channel.id}/token`, { token: token.trim() })
        : api.post<ChannelCard>(`/tenants/${tenant}/channels/telegram-bots`, {
            name: name.trim(),
            token: token.trim(),
          }),
    onSuccess: (card) => {
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "channels") });
      toast(t("channels.connected", { name: card.name }));
      onClose();
    },
  });
  const errors = fieldErrors(connect.error);
  const missing = token.trim() === "" || (!channel && name.trim() === "");
  return (
    <Dialog
      title={channel ? t("channels.new_token", { name: channel.name }) : t("channels.connect")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            go
            busy={connect.isPending}
            why={missing ? t("channels.connect_why") : undefined}
            whyHidden
            onClick={() => connect.mutate()}
          >
            {t("channels.connect_act")}
          </Button>
        </>
      }
    >
      <p>{t("channels.connect_how")}</p>
      {!channel && (
        <Field label={t("channels.name")} error={errors.name?.message}>
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      )}
      <Field label={t("channels.token")} hint={t("channels.token_hint")} error={errors.token?.message}>
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        )}
      </Field>
      {connect.isError && Object.keys(errors).length === 0 && (
        <Note tone="failed" live>
          <p>{text(connect.error)}</p>
        </Note>
      )}
    </Dialog>
  );
}
