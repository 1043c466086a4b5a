// The owner plays a customer. Left the customer's phone, beside it why each answer was what it was; on the phone one at a time.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bookmark, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { newKey } from "../../api/client";
import type { CustomerRef } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { merge } from "../../lib/search";
import { useFormat, useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import { Banner, Button, Tabs, toast, useProblemText } from "../../ui";
import { Chat } from "./Chat";
import { Examples } from "./Examples";
import { play } from "./queries";
import { SaveDialog } from "./SaveDialog";
import type { RoomChange, RoomSearch } from "./search";
import { Trace } from "./Trace";
import { changeTurns, ofPerson, type Turn, useTurns } from "./turns";
import { usePerson, WhoBar } from "./WhoBar";
import "../../styles/talk.css";

export function TestRoomPage({ search }: { search: RoomSearch }) {
  const t = useT();
  const text = useProblemText();
  const format = useFormat();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/test-room" });
  const [picked, setPicked] = useState<string | null>(null);
  const [saving, setSaving] = useState<Turn | null>(null);
  const person = usePerson(search.customer);
  const kind = search.kind ?? "direct";
  const customer = search.customer ?? null;
  const all = useTurns(tenant);
  const turns = ofPerson(all, customer, kind);
  const chosen = turns.find((turn) => turn.key === picked && turn.run) ?? turns.findLast((turn) => turn.run);

  const go = (change: RoomChange) => navigate({ search: (before) => merge(before, change), replace: true });
  const edit = (key: string, change: Partial<Turn>) =>
    changeTurns(client, tenant, (now) =>
      now.map((turn) => (turn.key === key ? { ...turn, ...change } : turn)),
    );

  const playing = useMutation({
    mutationFn: ({ text, customer, kind, previous }: Turn) =>
      play(tenant, { text, customer, kind, ...(previous !== undefined && { previous }) }),
    onSuccess: (run, turn) => {
      edit(turn.key, { run, error: null });
      setPicked(turn.key);
      // The checklist has a step “Try it”.
      void client.invalidateQueries({ queryKey: ["me", "setup"] });
    },
    onError: (error, turn) => edit(turn.key, { error: text(error) }),
  });

  const say = (words: string, as: Pick<Turn, "customer" | "kind"> = { customer, kind }) => {
    const before = ofPerson(all, as.customer, as.kind).at(-1);
    const turn: Turn = {
      key: newKey(),
      text: words,
      at: new Date().toISOString(),
      ...as,
      ...(before && { previous: before.text }),
      run: null,
      error: null,
    };
    changeTurns(client, tenant, (now) => [...now, turn]);
    playing.mutate(turn);
  };
  const again = (turn: Turn) => {
    edit(turn.key, { error: null });
    playing.mutate(turn);
  };
  const startOver = () => {
    const gone = all;
    changeTurns(client, tenant, (now) =>
      now.filter((turn) => turn.customer !== customer || turn.kind !== kind),
    );
    toast(t("room.cleared"), () => changeTurns(client, tenant, () => gone));
  };
  const playExample = (words: string, who: CustomerRef | null, where: Turn["kind"]) => {
    void go({
      customer: who?.id,
      kind: where === "group" ? "group" : undefined,
      view: undefined,
    });
    say(words, { customer: who?.id ?? null, kind: where });
  };
  const view = search.view;
  const why = (turn: Turn) => {
    setPicked(turn.key);
    void go({ view: "why" });
  };

  return (
    <div className="fill">
      <Top
        title={t("room.title")}
        actions={
          <Button
            go
            icon={Bookmark}
            why={chosen ? undefined : t("room.save_why")}
            whyHidden
            onClick={() => chosen && setSaving(chosen)}
          >
            {t("room.save")}
          </Button>
        }
      />
      <Banner icon={ShieldCheck}>{t("room.nothing_leaves")}</Banner>
      <WhoBar person={person} kind={kind} onChange={go} onStartOver={turns.length > 0 ? startOver : null} />
      <div className="swap">
        <Tabs
          label={t("room.views")}
          to="/test-room"
          current={search}
          tabs={[
            {
              key: "chat",
              label: t("room.chat"),
              current: view === undefined,
              search: { view: undefined },
            },
            {
              key: "why",
              label: t("room.why"),
              current: view === "why",
              search: { view: "why" },
              ...(chosen?.run && { count: format.took(chosen.run.took_ms) }),
            },
            {
              key: "examples",
              label: t("room.examples"),
              current: view === "examples",
              search: { view: "examples" },
            },
          ]}
        />
      </div>
      <div className="room" data-view={view ?? "chat"}>
        <Chat
          turns={turns}
          chosen={chosen?.key}
          person={person.name}
          kind={kind}
          onSay={(words) => say(words)}
          onAgain={again}
          onWhy={why}
        />
        <div className="beside">
          <div className="desk-tabs">
            <Tabs
              label={t("room.views")}
              to="/test-room"
              current={search}
              tabs={[
                {
                  key: "why",
                  label: t("room.why"),
                  current: view !== "examples",
                  search: { view: undefined },
                },
                {
                  key: "examples",
                  label: t("room.examples"),
                  current: view === "examples",
                  search: { view: "examples" },
                },
              ]}
            />
          </div>
          {view === "examples" ? <Examples onPlay={playExample} /> : <Trace turn={chosen} />}
        </div>
      </div>
      {saving?.run && (
        <SaveDialog
          turn={saving}
          run={saving.run}
          person={person.name}
          onClose={() => setSaving(null)}
          onSaved={() => {
            setSaving(null);
            void client.invalidateQueries({ queryKey: keys.tenant(tenant, "test-room", "examples") });
            toast(t("room.saved"));
          }}
        />
      )}
    </div>
  );
}
