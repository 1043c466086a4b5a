// A customer with the usernames they have on the panels. The name is what the shop calls them.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { api, newKey } from "../../api/client";
import type { CustomerRow } from "../../api/contract";
import { panelNamesQuery } from "../../api/panel-names";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, Refusal, toast } from "../../ui";
import { useRefreshCustomers } from "./linking";

interface Draft {
  panel: string;
  username: string;
}

export function NewCustomerDialog(props: {
  name?: string;
  onClose: () => void;
  onMade: (customer: CustomerRow) => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const refresh = useRefreshCustomers();
  const panels = useQuery(panelNamesQuery(tenant));
  const names = panels.data ?? [];
  const [name, setName] = useState(props.name ?? "");
  const [links, setLinks] = useState<Draft[]>([{ panel: "", username: "" }]);
  const key = useRef(newKey());
  // The server counts only the lines that were filled in; its errors go back to their own line.
  const filled = links.flatMap((link, at) => (link.username.trim() === "" ? [] : [{ ...link, at }]));
  const make = useMutation({
    mutationFn: () =>
      api.post<CustomerRow>(
        `/tenants/${tenant}/customers`,
        {
          name: name.trim(),
          links: filled.map((link) => ({
            panel: link.panel || names[0]?.id,
            username: link.username.trim(),
          })),
        },
        { idempotencyKey: key.current },
      ),
    onSuccess: (customer) => {
      toast(t("customers.made", { name: customer.name }));
      void refresh();
      props.onMade(customer);
    },
    onError: () => {
      key.current = newKey();
    },
  });
  const errors = fieldErrors(make.error);
  const errorOf = (at: number, field: string) => {
    const index = filled.findIndex((link) => link.at === at);
    return index === -1 ? undefined : errors[`links[${index}].${field}`]?.message;
  };
  const set = (at: number, change: Partial<Draft>) =>
    setLinks(links.map((link, index) => (index === at ? { ...link, ...change } : link)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "" && !make.isPending) make.mutate();
  };
  return (
    <Dialog title={t("customers.new")} onClose={props.onClose}>
      <form onSubmit={submit} className="stack gap-4">
        <Field label={t("customers.name")} hint={t("customers.name.hint")} error={errors.name?.message}>
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={80}
              autoFocus
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {panels.isSuccess && names.length === 0 ? (
          <p className="two">{t("customers.no_panel")}</p>
        ) : (
          links.map((link, at) => (
            <div key={at} className="name-row">
              {names.length > 1 && (
                <Field label={t("customers.panel")} error={errorOf(at, "panel")}>
                  {(control) => (
                    <select
                      {...control}
                      value={link.panel || names[0]?.id}
                      onChange={(event) => set(at, { panel: event.target.value })}
                    >
                      {names.map((panel) => (
                        <option key={panel.id} value={panel.id}>
                          {panel.name}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
              )}
              <Field
                className="grow"
                label={
                  names.length === 1
                    ? t("customers.username_on", { panel: names[0]?.name ?? "" })
                    : t("customers.username")
                }
                error={errorOf(at, "username")}
              >
                {(control) => (
                  <input
                    {...control}
                    dir="ltr"
                    value={link.username}
                    maxLength={80}
                    autoCapitalize="none"
                    autoComplete="off"
                    spellCheck={false}
                    onChange={(event) => set(at, { username: event.target.value })}
                  />
                )}
              </Field>
              {links.length > 1 && (
                <Button
                  bare
                  icon={X}
                  label={t("customers.drop_username")}
                  onClick={() => setLinks(links.filter((_, index) => index !== at))}
                />
              )}
            </div>
          ))
        )}
        {names.length > 0 && (
          <div>
            <Button bare icon={Plus} onClick={() => setLinks([...links, { panel: "", username: "" }])}>
              {t("customers.another_username")}
            </Button>
          </div>
        )}
        <Refusal error={make.error} besideFields />
        <footer>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button
            go
            type="submit"
            busy={make.isPending}
            why={name.trim() === "" ? t("customers.name_why") : undefined}
            whyHidden
          >
            {t("customers.make")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
