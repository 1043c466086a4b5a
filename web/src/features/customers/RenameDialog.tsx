import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import type { CustomerRow } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, toast, useProblemText } from "../../ui";
import { useRefreshCustomers } from "./linking";

export function RenameDialog({ customer, onClose }: { customer: CustomerRow; onClose: () => void }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const refresh = useRefreshCustomers();
  const [name, setName] = useState(customer.name);
  const rename = useMutation({
    mutationFn: (wanted: string) =>
      api.patch<CustomerRow>(`/tenants/${tenant}/customers/${customer.id}`, { name: wanted }),
    onSettled: refresh,
  });
  const wanted = name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === "" || rename.isPending) return;
    if (wanted === customer.name) return onClose();
    rename.mutate(wanted, {
      onSuccess: () => {
        toast(t("customers.renamed", { name: wanted }), () => {
          api
            .patch(`/tenants/${tenant}/customers/${customer.id}`, { name: customer.name })
            .then(refresh, (problem) => toast(text(problem)));
        });
        onClose();
      },
    });
  };
  const error = rename.isError ? (fieldErrors(rename.error).name?.message ?? text(rename.error)) : undefined;
  return (
    <Dialog title={t("customers.rename_title", { name: customer.name })} onClose={onClose}>
      <form onSubmit={submit} className="stack gap-4">
        <Field label={t("customers.name")} hint={t("customers.name.hint")} error={error}>
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={80}
              autoFocus
              autoComplete="off"
              onChange={(event) => {
                setName(event.target.value);
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
            why={wanted === "" ? t("customers.name_why") : undefined}
            whyHidden
          >
            {t("common.save")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
