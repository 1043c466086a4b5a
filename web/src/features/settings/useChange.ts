// Saved as it is changed: what was chosen stands at once, a refusal puts it back and says why, and the toast undoes it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Settings, SettingsEdit } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { toast, useProblemText } from "../../ui";

export function useChange(settings: Settings) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const key = keys.tenant(tenant, "settings");
  const save = useMutation({
    // One after another, in the order of the presses.
    scope: { id: `settings ${tenant}` },
    mutationFn: (edit: Partial<SettingsEdit>) => api.patch<Settings>(`/tenants/${tenant}/settings`, edit),
    onMutate: (edit) => {
      const before = client.getQueryData<Settings>(key);
      // Whether customers are answered is said only once it is so.
      const { silent_mode: _later, ...atOnce } = edit;
      if (before) client.setQueryData<Settings>(key, { ...before, ...atOnce });
      return { before };
    },
    onSuccess: (fresh, edit) => {
      client.setQueryData(key, fresh);
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "home") });
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "replies") });
      if (edit.shop_name !== undefined) void client.invalidateQueries({ queryKey: keys.me, exact: true });
    },
    onError: (error, _edit, context) => {
      if (context?.before) client.setQueryData(key, context.before);
      // A field says it itself.
      if (Object.keys(fieldErrors(error)).length === 0) toast(text(error));
    },
  });
  const change = (edit: Partial<SettingsEdit>, said?: string, done?: () => void) => {
    const before = Object.fromEntries(
      Object.keys(edit).map((name) => [name, settings[name as keyof SettingsEdit]]),
    ) as Partial<SettingsEdit>;
    save.mutate(edit, {
      onSuccess: () => {
        toast(said ?? t("settings.saved"), () => save.mutate(before));
        done?.();
      },
    });
  };
  return { change, busy: save.isPending, error: save.error };
}
