import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { RequestRow } from "../../api/contract";
import { membersQuery } from "../../api/queries";
import { useT, useWord } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { OUTCOME_NAMES } from "../../lib/tones";
import { Button } from "../../ui/Button";
import { Chip } from "../../ui/bits";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { CHANNELS, COMMANDS, FILTER_NAMES, type FilterName, type Filters } from "./filters";
import { panelNamesQuery, providerNamesQuery } from "./queries";

type Change = Partial<Record<FilterName, string | undefined>>;

function useNames(wanted: Filters, all: boolean) {
  const tenant = useTenant();
  const { can } = useSession();
  const panels = useQuery({
    ...panelNamesQuery(tenant.tenant),
    enabled: can("panels.read") && (all || wanted.panel !== undefined),
  });
  const providers = useQuery({
    ...providerNamesQuery(tenant.tenant),
    enabled: can("providers.read") && (all || wanted.provider !== undefined),
  });
  const members = useQuery({ ...membersQuery(tenant.tenant), enabled: all || wanted.assignee !== undefined });
  return { panels: panels.data ?? [], providers: providers.data ?? [], members: members.data ?? [] };
}

export function FilterBar(props: {
  filters: Filters;
  rows: RequestRow[];
  onChange: (change: Change) => void;
}) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const names = useNames(props.filters, false);
  const { filters, rows } = props;
  const shown = (name: FilterName): string => {
    const value = filters[name] ?? "";
    switch (name) {
      case "command":
        return word("common.command", value);
      case "outcome":
        return word("common.outcome", value);
      case "channel":
        return word("common.channel", value);
      case "panel":
        return (
          names.panels.find((each) => each.id === value)?.name ??
          rows.find((row) => row.panel?.id === value)?.panel?.name ??
          "…"
        );
      case "provider":
        return names.providers.find((each) => each.id === value)?.name ?? "…";
      case "customer":
        return (
          rows.find((row) => row.customer?.id === value)?.customer?.name ?? t("requests.filter.one_customer")
        );
      case "assignee":
        return names.members.find((each) => each.id === value)?.username ?? "…";
      case "from":
      case "to":
        return format.day(`${value}T12:00:00Z`);
      case "ids": {
        const ids = value.split(",");
        return ids.length === 1 ? (ids[0] ?? "") : t("requests.filter.orders", { count: ids.length });
      }
      default:
        return value;
    }
  };
  return (
    <div className="chips" role="group" aria-label={t("requests.filters")}>
      {FILTER_NAMES.filter((name) => filters[name] !== undefined).map((name) => (
        <Chip
          key={name}
          name={t(`requests.filter.${name}`)}
          value={<bdi>{shown(name)}</bdi>}
          removeLabel={t("common.remove_filter")}
          onRemove={() => props.onChange({ [name]: undefined })}
        />
      ))}
      <button type="button" className="chip add" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Plus className="i s" aria-hidden="true" />
        {t("requests.filter")}
      </button>
      {open && (
        <FilterDialog
          filters={filters}
          onClose={() => setOpen(false)}
          onApply={(change) => {
            setOpen(false);
            props.onChange(change);
          }}
        />
      )}
    </div>
  );
}

function FilterDialog({
  filters,
  onClose,
  onApply,
}: {
  filters: Filters;
  onClose: () => void;
  onApply: (change: Change) => void;
}) {
  const t = useT();
  const word = useWord();
  const names = useNames(filters, true);
  const [draft, setDraft] = useState<Change>(filters as Change);
  const set = (name: FilterName, value: string) =>
    setDraft((before) => ({ ...before, [name]: value || undefined }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onApply(Object.fromEntries(FILTER_NAMES.map((name) => [name, draft[name]])));
  };
  const select = (name: FilterName, options: { id: string; name: string }[]) =>
    (options.length > 0 || draft[name] !== undefined) && (
      <Field label={t(`requests.filter.${name}`)}>
        {(control) => (
          <select {...control} value={draft[name] ?? ""} onChange={(event) => set(name, event.target.value)}>
            <option value="">{t("requests.filter.any")}</option>
            {options.map((option) => (
              <option key={option.id} value={option.id}>
                {option.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  return (
    <Dialog title={t("requests.filters")} onClose={onClose}>
      <form onSubmit={submit} className="stack gap-4">
        <div className="grid-2">
          <Field className="full" label={t("requests.filter.ids")} hint={t("requests.filter.ids.hint")}>
            {(control) => (
              <input
                {...control}
                className="input mono"
                inputMode="numeric"
                value={draft.ids ?? ""}
                onChange={(event) => set("ids", event.target.value)}
              />
            )}
          </Field>
          <Field className="full" label={t("requests.filter.q")}>
            {(control) => (
              <input
                {...control}
                type="search"
                value={draft.q ?? ""}
                onChange={(event) => set("q", event.target.value)}
              />
            )}
          </Field>
          {select(
            "command",
            COMMANDS.map((id) => ({ id, name: word("common.command", id) })),
          )}
          {select(
            "outcome",
            OUTCOME_NAMES.map((id) => ({ id, name: word("common.outcome", id) })),
          )}
          {select("panel", names.panels)}
          {select("provider", names.providers)}
          {select(
            "channel",
            CHANNELS.map((id) => ({ id, name: word("common.channel", id) })),
          )}
          {select(
            "assignee",
            names.members.map((member) => ({ id: member.id, name: member.username })),
          )}
          <Field label={t("requests.filter.from")}>
            {(control) => (
              <input
                {...control}
                type="date"
                value={draft.from ?? ""}
                max={draft.to}
                onChange={(event) => set("from", event.target.value)}
              />
            )}
          </Field>
          <Field label={t("requests.filter.to")}>
            {(control) => (
              <input
                {...control}
                type="date"
                value={draft.to ?? ""}
                min={draft.from}
                onChange={(event) => set("to", event.target.value)}
              />
            )}
          </Field>
        </div>
        <footer>
          <Button
            bare
            onClick={() => onApply(Object.fromEntries(FILTER_NAMES.map((name) => [name, undefined])))}
          >
            {t("requests.filter.clear")}
          </Button>
          <Button go type="submit">
            {t("requests.filter.apply")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
