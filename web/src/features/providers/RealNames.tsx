// The names behind an alias. Hidden until an owner asks for them in so many words; each look is in the log, and they go
// away by themselves. Changing them begins with a look, because the new list takes the old one's place.
import { useMutation } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useState } from "react";
import { api, newKey } from "../../api/client";
import type { ProviderRow, Unrouted } from "../../api/contract";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Button, Dialog, Refusal, toast } from "../../ui";
import { firstOf, NamesFields } from "./NamesFields";
import { useRefreshProviders } from "./queries";
import { namesOf } from "./style";

const HIDE_AFTER_MS = 60_000;

export function RealNames({ provider, found }: { provider: ProviderRow; found: Unrouted[] }) {
  const t = useT();
  const { can } = useSession();
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const [names, setNames] = useState<string[] | null>(null);
  useEffect(() => {
    if (names === null || editing) return;
    const timer = setTimeout(() => setNames(null), HIDE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [names, editing]);
  const why = can("providers.reveal") ? undefined : t("providers.reveal_why");
  const none = provider.name_count === 0;
  return (
    <>
      <dt>{t("providers.real_names")}</dt>
      <dd>
        {names ? (
          <ul className="stack gap-1" aria-live="polite">
            {names.map((name) => (
              <li key={name}>
                <bdi className="mono">{name}</bdi>
              </li>
            ))}
          </ul>
        ) : (
          <span className={none ? "mut" : undefined}>
            {t("providers.names_count", { count: provider.name_count })}
          </span>
        )}
        <div className="row names-acts">
          {names ? (
            <Button icon={EyeOff} onClick={() => setNames(null)}>
              {t("providers.hide")}
            </Button>
          ) : (
            !none && (
              <Button icon={Eye} why={why} whyHidden onClick={() => setAsking(true)}>
                {t("providers.reveal")}
              </Button>
            )
          )}
          {can("providers.manage") && (names || none) && (
            <Button bare onClick={() => setEditing(true)}>
              {t(none ? "providers.add_names" : "providers.change_names")}
            </Button>
          )}
        </div>
      </dd>
      {asking && (
        <RevealDialog
          provider={provider}
          onClose={() => setAsking(false)}
          onNames={(shown) => {
            setAsking(false);
            setNames(shown);
          }}
        />
      )}
      {editing && (
        <NamesDialog
          provider={provider}
          names={names ?? []}
          found={found.filter((row) => row.why === "no_alias")}
          onClose={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            setNames(null);
          }}
        />
      )}
    </>
  );
}

function RevealDialog(props: {
  provider: ProviderRow;
  onClose: () => void;
  onNames: (names: string[]) => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const reveal = useMutation({
    mutationFn: () =>
      api.post<{ names: string[] }>(`/tenants/${tenant}/providers/${props.provider.id}/reveal`),
    onSuccess: ({ names }) => props.onNames(names),
  });
  return (
    <Dialog
      title={t("providers.reveal_title", { alias: props.provider.alias })}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button go icon={Eye} busy={reveal.isPending} onClick={() => reveal.mutate()}>
            {t("providers.reveal_do")}
          </Button>
        </>
      }
    >
      <p>{t("providers.reveal_text")}</p>
      <Refusal error={reveal.error} />
    </Dialog>
  );
}

function NamesDialog(props: {
  provider: ProviderRow;
  names: string[];
  found: Unrouted[];
  onClose: () => void;
  onSaved: () => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const refresh = useRefreshProviders();
  const [typed, setTyped] = useState(props.names.join("\n"));
  const [picked, setPicked] = useState<readonly string[]>([]);
  const save = useMutation({
    mutationFn: () =>
      api.patch<ProviderRow>(
        `/tenants/${tenant}/providers/${props.provider.id}`,
        { names: [...namesOf(typed), ...picked] },
        { idempotencyKey: newKey() },
      ),
    onSuccess: () => {
      toast(t("providers.names_saved", { alias: props.provider.alias }));
      void refresh();
      props.onSaved();
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      title={t("providers.names_title", { alias: props.provider.alias })}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button go busy={save.isPending} onClick={() => save.mutate()}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <NamesFields
        typed={typed}
        onTyped={setTyped}
        found={props.found}
        picked={picked}
        onPicked={setPicked}
        error={firstOf(errors)}
      />
      <Refusal error={save.error} besideFields />
    </Dialog>
  );
}
