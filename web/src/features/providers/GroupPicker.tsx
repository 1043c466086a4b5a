// The groups that the shop's bots are in. A customers' group cannot be a provider's: it says so instead of being missing.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Id } from "../../api/contract";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Field, Loaded, SearchField, SkeletonLines, State } from "../../ui";
import { accountsQuery, groupChoicesQuery } from "./queries";

export function GroupPicker(props: {
  value: Id | null;
  onChange: (chat: Id) => void;
  error: string | undefined;
  onBind: () => void;
}) {
  const t = useT();
  const { tenant } = useTenant();
  const accounts = useQuery(accountsQuery(tenant));
  const [account, setAccount] = useState<Id | null>(null);
  const [q, setQ] = useState("");
  const usable = (accounts.data ?? []).filter((each) => each.channel !== "test_room");
  const chosen = account ?? usable[0]?.id ?? "";
  const groups = useQuery({ ...groupChoicesQuery(tenant, chosen, q), enabled: chosen !== "" });
  const bind = (
    <div className="row">
      <p className="two grow">{t("providers.not_listed")}</p>
      <Button onClick={props.onBind}>{t("providers.bind")}</Button>
    </div>
  );
  return (
    <Loaded query={accounts} small skeleton={<SkeletonLines label={t("common.loading")} lines={3} />}>
      {() => (
        <fieldset className="stack" aria-invalid={props.error ? true : undefined}>
          <legend className="lab">{t("providers.group")}</legend>
          {usable.length > 1 && (
            <Field label={t("providers.account")}>
              {(control) => (
                <select {...control} value={chosen} onChange={(event) => setAccount(event.target.value)}>
                  {usable.map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          {chosen !== "" && (
            <Loaded query={groups} small skeleton={<SkeletonLines label={t("common.loading")} lines={3} />}>
              {(page) => (
                <>
                  {(q !== "" || page.items.length > 5 || page.next) && (
                    <SearchField label={t("providers.group_search")} value={q} onSearch={setQ} />
                  )}
                  {page.items.length === 0 ? (
                    <p className="mut">{t(q ? "providers.group_none_found" : "providers.group_none")}</p>
                  ) : (
                    <div className="picks">
                      {page.items.map((group) => {
                        const taken = group.party === "customer" || group.lost_reason !== null;
                        return (
                          <label key={group.id} className="choice" data-off={taken || undefined}>
                            <input
                              type="radio"
                              name="group"
                              value={group.id}
                              checked={props.value === group.id}
                              disabled={taken}
                              onChange={() => props.onChange(group.id)}
                            />
                            <bdi className="cut">{group.title}</bdi>
                            <span className="end sm">
                              {group.lost_reason ? (
                                <State tone="failed">{t("providers.group_lost")}</State>
                              ) : group.party === "customer" ? (
                                t("providers.group_customer")
                              ) : group.provider_alias ? (
                                t("providers.group_of", { alias: group.provider_alias })
                              ) : (
                                ""
                              )}
                            </span>
                          </label>
                        );
                      })}
                    </div>
                  )}
                </>
              )}
            </Loaded>
          )}
          {chosen === "" && <p className="mut">{t("providers.no_channel")}</p>}
          <div aria-live="polite">{props.error && <p className="hint err">{props.error}</p>}</div>
          {bind}
        </fieldset>
      )}
    </Loaded>
  );
}
