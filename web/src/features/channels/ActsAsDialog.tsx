import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client";
import type { ChatRow, CustomerRef, GroupMembers } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { useDebounced } from "../../lib/hooks";
import { useFormat, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import { Button, Dialog, Empty, Field, Loaded, Refusal, SkeletonLines, toast } from "../../ui";
import { customersFoundQuery } from "./queries";

/** Names the customer and what it means before it counts: whoever writes in the group acts on these orders. */
export function ActsAsDialog({ chat, onClose }: { chat: ChatRow; onClose: () => void }) {
  const t = useT();
  const format = useFormat();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<CustomerRef | null>(chat.customer);
  const found = useQuery(customersFoundQuery(tenant, useDebounced(typed.trim(), 250)));
  const save = useMutation({
    mutationFn: (customer: CustomerRef) =>
      api.put<GroupMembers>(`/tenants/${tenant}/chats/${chat.id}/acts-as`, { customer: customer.id }),
    onSuccess: async (_members, customer) => {
      await Promise.all(
        (["channels", "chats", "customers"] as const).map((area) =>
          client.invalidateQueries({ queryKey: keys.tenant(tenant, area) }),
        ),
      );
      toast(t("channels.acts_set", { title: chat.title, name: customer.name }));
      onClose();
    },
  });
  return (
    <Dialog
      title={t("channels.acts_title", { title: chat.title })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            go
            busy={save.isPending}
            why={chosen ? undefined : t("channels.acts_why")}
            whyHidden
            onClick={() => chosen && save.mutate(chosen)}
          >
            {chosen ? t("channels.acts_save", { name: chosen.name }) : t("channels.acts_save_none")}
          </Button>
        </>
      }
    >
      <p className="two">{t("channels.acts_about")}</p>
      <Field label={t("channels.acts_find")}>
        {(control) => (
          <input
            {...control}
            type="search"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <Loaded query={found} skeleton={<SkeletonLines label={t("common.loading")} />} small>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={Users} title={typed ? t("channels.acts_none") : t("channels.acts_empty")} level={3}>
              <PageLink to="/customers">{t("channels.to_customers")}</PageLink>
            </Empty>
          ) : (
            <fieldset className="pickable" aria-label={t("channels.acts_find")}>
              {page.items.map((customer) => (
                <label key={customer.id}>
                  <input
                    type="radio"
                    name="customer"
                    checked={chosen?.id === customer.id}
                    onChange={() => setChosen({ id: customer.id, name: customer.name })}
                  />
                  <span className="cut">{customer.name}</span>
                  <span className="mut end cut">
                    {format.list(customer.links.slice(0, 2).map((link) => link.username))}
                  </span>
                </label>
              ))}
            </fieldset>
          )
        }
      </Loaded>
      <Refusal error={save.error} />
    </Dialog>
  );
}
