// The customer's phone: what they write stands at their side, what the shop answers at the other.
import { useQuery } from "@tanstack/react-query";
import { Check, SendHorizontal } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useT, useWord } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { initials } from "../../shell/AppShell";
import { Button, Note, Time } from "../../ui";
import { lastOrdersQuery } from "./queries";
import type { Turn } from "./turns";

const MAX_TEXT = 4096;

export function Chat(props: {
  turns: Turn[];
  chosen: string | undefined;
  person: string;
  kind: "direct" | "group";
  onSay: (words: string) => void;
  onAgain: (turn: Turn) => void;
  onWhy: (turn: Turn) => void;
}) {
  const t = useT();
  const shop = useTenant();
  const { turns } = props;
  return (
    <section className="phone" aria-label={t("room.phone")}>
      <header>
        <span className="ava" aria-hidden="true">
          {initials(shop.name)}
        </span>
        <div className="w">
          <b className="cut block">{shop.name}</b>
          <p className="mut sm cut">
            {props.kind === "group"
              ? t("room.as_in_group", { name: props.person })
              : t("room.as", { name: props.person })}
          </p>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div className="chat upward" role="log" tabIndex={0} aria-label={t("room.messages")}>
        <div className="msgs">
          {turns.length === 0 && <Begin person={props.person} onSay={props.onSay} />}
          {turns.map((turn) => (
            <Exchange
              key={turn.key}
              turn={turn}
              chosen={turn.key === props.chosen}
              onAgain={() => props.onAgain(turn)}
              onWhy={() => props.onWhy(turn)}
            />
          ))}
        </div>
      </div>
      <Say onSay={props.onSay} />
    </section>
  );
}

function Begin({ person, onSay }: { person: string; onSay: (words: string) => void }) {
  const t = useT();
  const word = useWord();
  const { tenant } = useTenant();
  const { can } = useSession();
  const last = useQuery({ ...lastOrdersQuery(tenant), enabled: can("requests.read") });
  const seen = new Set<string>();
  const lines = (last.data?.items ?? [])
    .map((row) => `${row.order_id} ${word("common.command", row.command)}`)
    .filter((line) => !seen.has(line) && seen.add(line));
  return (
    <div className="begin">
      <p>
        <b>{t("room.begin", { name: person })}</b>
      </p>
      <p>{t("room.begin_how")}</p>
      <div className="chips">
        {[...lines, "help"].map((line) => (
          <button key={line} type="button" className="chip" onClick={() => onSay(line)}>
            {line}
          </button>
        ))}
      </div>
    </div>
  );
}

function Exchange(props: { turn: Turn; chosen: boolean; onAgain: () => void; onWhy: () => void }) {
  const t = useT();
  const { turn } = props;
  const { run } = turn;
  return (
    <>
      <div className={props.chosen ? "bub out sel" : "bub out"}>
        <span className="whitespace-pre-wrap">{turn.text}</span>
        <div className="meta">
          <Time at={turn.at} as="time" />
          {run && <Check className="i" aria-hidden="true" />}
        </div>
      </div>
      {run?.replies.map((reply, at) => (
        <div key={at} className="bub">
          <span className="whitespace-pre-wrap">{reply}</span>
          <div className="meta">
            <Time at={turn.at} as="time" />
          </div>
        </div>
      ))}
      {run && (
        <p className="day">
          {run.replies.length === 0 && `${t("room.no_answer")} `}
          <button type="button" className="linklike hit" aria-pressed={props.chosen} onClick={props.onWhy}>
            {run.replies.length === 0 ? t("room.see_why_not") : t("room.see_why")}
          </button>
        </p>
      )}
      {!run && !turn.error && (
        <p className="day" role="status">
          {t("room.playing")}
        </p>
      )}
      {turn.error && (
        <Note tone="failed" live>
          <p>{turn.error}</p>
          <Button bare onClick={props.onAgain}>
            {t("room.play_again")}
          </Button>
        </Note>
      )}
    </>
  );
}

function Say({ onSay }: { onSay: (words: string) => void }) {
  const t = useT();
  const [words, setWords] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the words
  useEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 140)}px`;
  }, [words]);
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    const text = words.trim();
    if (text === "") {
      field.current?.focus();
      return;
    }
    setWords("");
    onSay(text);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="say" onSubmit={send}>
      <textarea
        ref={field}
        className="input"
        rows={1}
        maxLength={MAX_TEXT}
        aria-label={t("room.write")}
        placeholder={t("room.write")}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKey}
      />
      <Button
        go
        type="submit"
        icon={SendHorizontal}
        label={t("room.send")}
        why={words.trim() === "" ? t("room.send_why") : undefined}
        whyHidden
      />
    </form>
  );
}
