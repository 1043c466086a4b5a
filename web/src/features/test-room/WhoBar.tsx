// Who writes, and where.
import { useQuery } from "@tanstack/react-query";
import { RotateCcw, Search } from "lucide-react";
import { useState } from "react";
import type { CustomerRef, Id } from "../../api/contract";
import { useT } from "../../i18n";
import { useDebounced } from "../../lib/hooks";
import { useSession, useTenant } from "../../lib/session";
import { Button, Dialog, Empty, Loaded, SkeletonLines } from "../../ui";
import { customerChoicesQuery, customerQuery } from "./queries";
import type { RoomChange } from "./search";

const MORE = "more";

export interface Person {
  id: Id | null;
  /** What the person is called here. */
  name: string;
  choices: CustomerRef[];
  hasMore: boolean;
}

export function usePerson(id: Id | undefined): Person {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const may = can("customers.read");
  const list = useQuery({ ...customerChoicesQuery(tenant, ""), enabled: may });
  const listed = list.data?.items.find((each) => each.id === id);
  const one = useQuery({
    ...customerQuery(tenant, id ?? ""),
    enabled: may && id !== undefined && !listed && list.isFetched,
  });
  const known = listed ?? one.data;
  const choices = list.data?.items ?? [];
  return {
    id: id ?? null,
    name: id === undefined ? t("room.stranger") : (known?.name ?? "…"),
    choices: known && !listed ? [known, ...choices] : choices,
    hasMore: Boolean(list.data?.next),
  };
}

export function WhoBar(props: {
  person: Person;
  kind: "direct" | "group";
  onChange: (change: RoomChange) => unknown;
  onStartOver: (() => void) | null;
}) {
  const t = useT();
  const [searching, setSearching] = useState(false);
  const { person } = props;
  const choose = (customer: string | undefined) => props.onChange({ customer });
  const missing = person.id !== null && !person.choices.some((each) => each.id === person.id);
  return (
    <div className="who-bar">
      <div className="field who-played">
        <label htmlFor="room-who">{t("room.you_play")}</label>
        <select
          id="room-who"
          className="input"
          value={person.id ?? ""}
          onChange={(event) => {
            if (event.target.value === MORE) setSearching(true);
            else choose(event.target.value || undefined);
          }}
        >
          <option value="">{t("room.stranger_option")}</option>
          {missing && <option value={person.id ?? ""}>{person.name}</option>}
          {person.choices.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
          {person.hasMore && <option value={MORE}>{t("room.more_customers")}</option>}
        </select>
      </div>
      <div className="field">
        <label htmlFor="room-where">{t("room.in")}</label>
        <select
          id="room-where"
          className="input"
          value={props.kind}
          onChange={(event) => props.onChange({ kind: event.target.value === "group" ? "group" : undefined })}
        >
          <option value="direct">{t("room.direct")}</option>
          <option value="group">{t("room.group")}</option>
        </select>
      </div>
      {props.onStartOver && (
        <Button bare className="end over" icon={RotateCcw} onClick={props.onStartOver}>
          {t("room.start_over")}
        </Button>
      )}
      {searching && (
        <FindCustomer
          onClose={() => setSearching(false)}
          onChoose={(id) => {
            setSearching(false);
            choose(id);
          }}
        />
      )}
    </div>
  );
}

function FindCustomer(props: { onClose: () => void; onChoose: (id: Id) => void }) {
  const t = useT();
  const { tenant } = useTenant();
  const [words, setWords] = useState("");
  const query = useQuery(customerChoicesQuery(tenant, useDebounced(words.trim(), 150)));
  return (
    <Dialog title={t("room.find_title")} onClose={props.onClose}>
      <input
        className="input"
        type="search"
        aria-label={t("room.find")}
        placeholder={t("room.find")}
        autoFocus
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <Loaded query={query} skeleton={<SkeletonLines label={t("common.loading")} />} small>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={Search} title={t("room.find_none")} level={3} />
          ) : (
            <ul className="picks">
              {page.items.map((each) => (
                <li key={each.id}>
                  <button type="button" onClick={() => props.onChoose(each.id)}>
                    {each.name}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Dialog>
  );
}
