// Links between people and customers. Each is done at once and can be undone from the toast.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, newKey } from "../../api/client";
import type { CustomerRef, CustomerRow, Id, IdentityRow } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { useProblemText } from "../../ui/problem-text";
import { toast } from "../../ui/Toast";
import { senderName } from "./queries";

interface SenderOf {
  sender: IdentityRow;
  customer: CustomerRef;
  /** Taking back what was just done: no toast about it. */
  back?: boolean;
  /** At once, before the lists are asked for again: what was pressed may be gone by then. */
  done?: () => void;
}
interface NameOf {
  customer: CustomerRef;
  panel: Id;
  username: string;
  back?: boolean;
}

/** Whatever shows customers or whose a request is. */
export function useRefreshCustomers() {
  const { tenant } = useTenant();
  const client = useQueryClient();
  return () =>
    Promise.all(
      (["customers", "home", "requests"] as const).map((area) =>
        client.invalidateQueries({ queryKey: keys.tenant(tenant, area) }),
      ),
    );
}

export function useLinking() {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const refresh = useRefreshCustomers();
  const onError = (error: unknown) => toast(text(error));
  const onSettled = refresh;

  const link = useMutation({
    mutationFn: ({ sender, customer }: SenderOf) =>
      api.post<IdentityRow>(
        `/tenants/${tenant}/identities/${sender.id}/link`,
        { customer: customer.id },
        { idempotencyKey: newKey() },
      ),
    onSuccess: (_, { sender, customer, back, done }) => {
      done?.();
      if (back) return;
      toast(t("customers.linked", { who: senderName(sender), name: customer.name }), () =>
        unlink.mutate({ sender, customer, back: true }),
      );
    },
    onError,
    onSettled,
  });
  const unlink = useMutation({
    mutationFn: ({ sender }: SenderOf) =>
      api.post<IdentityRow>(`/tenants/${tenant}/identities/${sender.id}/unlink`, undefined, {
        idempotencyKey: newKey(),
      }),
    onSuccess: (_, { sender, customer, back }) => {
      if (back) return;
      toast(t("customers.unlinked", { who: senderName(sender), name: customer.name }), () =>
        link.mutate({ sender, customer, back: true }),
      );
    },
    onError,
    onSettled,
  });
  const unmute = useMutation({
    mutationFn: (sender: IdentityRow) =>
      api.post<IdentityRow>(`/tenants/${tenant}/identities/${sender.id}/unmute`, undefined, {
        idempotencyKey: newKey(),
      }),
    onSuccess: (_, sender) => toast(t("customers.unmuted", { who: senderName(sender) })),
    onError,
    onSettled,
  });
  const addName = useMutation({
    mutationFn: ({ customer, panel, username }: NameOf) =>
      api.post<CustomerRow>(
        `/tenants/${tenant}/customers/${customer.id}/links`,
        { panel, username },
        { idempotencyKey: newKey() },
      ),
    onSettled,
  });
  const takeName = useMutation({
    mutationFn: ({ customer, panel, username }: NameOf) =>
      api.delete<CustomerRow>(
        `/tenants/${tenant}/customers/${customer.id}/links/${panel}/${encodeURIComponent(username)}`,
      ),
    onSuccess: (_, { back, ...what }) => {
      if (back) return;
      toast(t("customers.name_taken_off", { username: what.username, name: what.customer.name }), () =>
        addName.mutate({ ...what, back: true }, { onError }),
      );
    },
    onError,
    onSettled,
  });
  return { link, unlink, unmute, addName, takeName };
}
