import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import type { ProviderRow } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, toast, useProblemText } from "../../ui";
import { useRefreshProviders } from "./queries";

export function AliasDialog({ provider, onClose }: { provider: ProviderRow; onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const refresh = useRefreshProviders();
  const [alias, setAlias] = useState(provider.alias);
  const path = `/tenants/${tenant}/providers/${provider.id}`;
  const rename = useMutation({
    mutationFn: (wanted: string) => api.patch<ProviderRow>(path, { alias: wanted }),
    onSettled: refresh,
  });
  const wanted = alias.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === "" || rename.isPending) return;
    if (wanted === provider.alias) return onClose();
    rename.mutate(wanted, {
      onSuccess: () => {
        toast(t("providers.renamed", { alias: wanted }), () => {
          api.patch(path, { alias: provider.alias }).then(refresh, (problem) => toast(text(problem)));
        });
        onClose();
      },
    });
  };
  return (
    <Dialog title={t("providers.rename_title", { alias: provider.alias })} onClose={onClose}>
      <form onSubmit={submit} className="stack gap-4">
        <Field
          label={t("providers.alias")}
          hint={t("providers.alias_hint")}
          error={
            rename.isError ? (fieldErrors(rename.error).alias?.message ?? text(rename.error)) : undefined
          }
        >
          {(control) => (
            <input
              {...control}
              value={alias}
              maxLength={80}
              autoFocus
              autoComplete="off"
              onChange={(event) => {
                setAlias(event.target.value);
                if (rename.isError) rename.reset();
              }}
            />
          )}
        </Field>
        <footer>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            go
            type="submit"
            busy={rename.isPending}
            why={wanted === "" ? t("providers.alias_why") : undefined}
            whyHidden
          >
            {t("common.save")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
