import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "../../api/client";
import type { ChannelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, Note, useProblemText } from "../../ui";

export function RenameDialog({ channel, onClose }: { channel: ChannelCard; onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const form = useId();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const [name, setName] = useState(channel.name);
  const rename = useMutation({
    mutationFn: () =>
      api.patch<ChannelCard>(`/tenants/${tenant}/channels/${channel.id}`, { name: name.trim() }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.tenant(tenant, "channels") });
      onClose();
    },
  });
  const errors = fieldErrors(rename.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (rename.isPending) return;
    if (name.trim() === channel.name) onClose();
    else rename.mutate();
  };
  return (
    <Dialog
      title={t("channels.rename_title", { name: channel.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            go
            type="submit"
            form={form}
            busy={rename.isPending}
            why={name.trim() === "" ? t("channels.name_missing") : undefined}
            whyHidden
          >
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <Field
          label={t("channels.name")}
          hint={t("channels.name_hint")}
          error={name.trim() === "" ? t("channels.name_missing") : errors.name?.message}
        >
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={60}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
      {rename.isError && !errors.name && (
        <Note tone="failed" live>
          {text(rename.error)}
        </Note>
      )}
    </Dialog>
  );
}
