// A provider gets an alias: the only name that leaves the owner's eyes. What orders call it is chosen by its first letters.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { api, newKey } from "../../api/client";
import type { ProviderRow, Unrouted } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, Note, Refusal, toast } from "../../ui";
import { firstOf, NamesFields } from "./NamesFields";
import { useRefreshProviders } from "./queries";
import { namesOf } from "./style";

export function ProviderDialog(props: {
  found: Unrouted | null;
  others: Unrouted[];
  onClose: () => void;
  onMade: (provider: ProviderRow) => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const refresh = useRefreshProviders();
  const [alias, setAlias] = useState("");
  const [typed, setTyped] = useState("");
  const [picked, setPicked] = useState<readonly string[]>(props.found ? [props.found.key] : []);
  const key = useRef(newKey());
  const make = useMutation({
    mutationFn: () =>
      api.post<ProviderRow>(
        `/tenants/${tenant}/providers`,
        { alias: alias.trim(), names: [...namesOf(typed), ...picked] },
        { idempotencyKey: key.current },
      ),
    onSuccess: (provider) => {
      toast(t("providers.made", { alias: provider.alias }));
      void refresh();
      props.onMade(provider);
    },
    onError: () => {
      key.current = newKey();
    },
  });
  const errors = fieldErrors(make.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (alias.trim() !== "" && !make.isPending) make.mutate();
  };
  return (
    <Dialog
      title={props.found ? t("providers.name_title", { name: props.found.masked_name }) : t("providers.new")}
      onClose={props.onClose}
    >
      <form onSubmit={submit} className="stack gap-4">
        <Field label={t("providers.alias")} hint={t("providers.alias_hint")} error={errors.alias?.message}>
          {(control) => (
            <input
              {...control}
              value={alias}
              maxLength={80}
              autoFocus
              autoComplete="off"
              onChange={(event) => setAlias(event.target.value)}
            />
          )}
        </Field>
        {props.found === null ? (
          <NamesFields
            typed={typed}
            onTyped={setTyped}
            found={props.others}
            picked={picked}
            onPicked={setPicked}
            error={firstOf(errors)}
          />
        ) : (
          firstOf(errors) && (
            <Note tone="failed" live>
              <p>{firstOf(errors)}</p>
            </Note>
          )
        )}
        <Refusal error={make.error} besideFields />
        <footer>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button
            go
            type="submit"
            busy={make.isPending}
            why={alias.trim() === "" ? t("providers.alias_why") : undefined}
            whyHidden
          >
            {t(props.found ? "providers.next_group" : "providers.make")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
