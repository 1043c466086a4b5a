// The place to answer as a person. A draft stays with its chat.
import { useQueryClient } from "@tanstack/react-query";
import { SendHorizontal, X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ChatMessage, ChatRow } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useTenant } from "../../lib/session";
import { Button } from "../../ui";
import { pauseOf } from "./talk";

const MAX_TEXT = 4096;
const TALLEST_PX = 160;

export function Composer(props: {
  chat: ChatRow;
  name: string;
  quoted: ChatMessage | null;
  onUnquote: () => void;
  onSend: (text: string) => void;
}) {
  const t = useT();
  const now = useNow();
  const client = useQueryClient();
  const { tenant } = useTenant();
  const draft = keys.tenant(tenant, "chats", "draft", props.chat.id);
  const [words, setWords] = useState(() => client.getQueryData<string>(draft) ?? "");
  const field = useRef<HTMLTextAreaElement>(null);
  const change = (text: string) => {
    setWords(text);
    client.setQueryData(draft, text);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the words
  useEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, TALLEST_PX)}px`;
  }, [words]);
  const { quoted } = props;
  useEffect(() => {
    if (quoted) field.current?.focus();
  }, [quoted]);
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    const text = words.trim();
    if (text === "") {
      field.current?.focus();
      return;
    }
    change("");
    props.onSend(text);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && quoted) props.onUnquote();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    // A thumb has no Shift: there Enter begins a new line, and the button sends.
    if (matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    send();
  };
  const pauses = props.chat.party !== "provider" && !pauseOf(props.chat, now);
  return (
    <form className="compose" onSubmit={send}>
      {quoted && (
        <div className="quoting">
          <p className="cut">
            <b>{t("inbox.replying")}</b> {quoted.text || t("inbox.no_words")}
          </p>
          <Button bare icon={X} label={t("inbox.unquote")} onClick={props.onUnquote} />
        </div>
      )}
      <div className="say">
        <textarea
          ref={field}
          className="input"
          rows={1}
          maxLength={MAX_TEXT}
          aria-label={t("inbox.write_to", { name: props.name })}
          placeholder={t("inbox.write_to", { name: props.name })}
          value={words}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKey}
        />
        <Button
          go
          type="submit"
          icon={SendHorizontal}
          label={t("inbox.send")}
          why={words.trim() === "" ? t("inbox.send_why") : undefined}
          whyHidden
        />
      </div>
      {pauses && words.trim() !== "" && <p className="hint">{t("inbox.will_pause")}</p>}
    </form>
  );
}
