// Who answers here, and until when; what the bot does in a group.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bot, CirclePause, Truck, UserRound } from "lucide-react";
import { api } from "../../api/client";
import type { ChatRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { Button, Seg, State, toast, useProblemText } from "../../ui";
import { keepChat } from "./queries";
import { pauseOf } from "./talk";

const MODES = ["support", "silent", "off"] as const;

function useBot(chat: ChatRow) {
  const text = useProblemText();
  const client = useQueryClient();
  const { tenant } = useTenant();
  return useMutation({
    mutationFn: (paused: boolean) => api.put<ChatRow>(`/tenants/${tenant}/chats/${chat.id}/bot`, { paused }),
    onSuccess: (row) => keepChat(client, tenant, row),
    onError: (error) => toast(text(error)),
  });
}

export function BotSwitch({ chat }: { chat: ChatRow }) {
  const t = useT();
  const now = useNow();
  const bot = useBot(chat);
  const paused = bot.isPending ? bot.variables : pauseOf(chat, now) !== null;
  return (
    <Seg
      label={t("inbox.who_answers")}
      value={paused ? "you" : "bot"}
      options={[
        {
          value: "bot",
          label: (
            <>
              <Bot className="i" aria-hidden="true" />
              {t("inbox.bot")}
            </>
          ),
        },
        {
          value: "you",
          label: (
            <>
              <UserRound className="i" aria-hidden="true" />
              {t("inbox.you")}
            </>
          ),
        },
      ]}
      onChange={(who) => {
        if ((who === "you") !== paused) bot.mutate(who === "you");
      }}
    />
  );
}

/** One line under the head, only where there is something to say. */
export function ChatState({ chat }: { chat: ChatRow }) {
  const t = useT();
  const now = useNow();
  const format = useFormat();
  const { can } = useSession();
  const bot = useBot(chat);
  const pause = pauseOf(chat, now);
  if (chat.party === "provider") {
    return (
      <p className="chat-state">
        <Truck className="i" aria-hidden="true" />
        <span>{t("inbox.providers_group")}</span>
      </p>
    );
  }
  const group = chat.kind === "group";
  if (!pause && !group && chat.mode === "support") return null;
  return (
    <div className="chat-state" data-s={pause ? "person" : undefined} aria-live="polite">
      {group && <Mode chat={chat} />}
      {pause ? (
        <>
          <CirclePause className="i" aria-hidden="true" />
          <span className="grow">
            {pause.until === null
              ? t("inbox.paused")
              : t("inbox.paused_until", { until: format.short(pause.until) })}
          </span>
          {can("inbox.write") && (
            <Button bare busy={bot.isPending} onClick={() => bot.mutate(false)}>
              {t("inbox.resume")}
            </Button>
          )}
        </>
      ) : (
        <span className="two">{t(`inbox.mode_means.${chat.mode}`)}</span>
      )}
    </div>
  );
}

function Mode({ chat }: { chat: ChatRow }) {
  const t = useT();
  const text = useProblemText();
  const client = useQueryClient();
  const { tenant } = useTenant();
  const { can } = useSession();
  const change = useMutation({
    mutationFn: (mode: ChatRow["mode"]) =>
      api.put<ChatRow>(`/tenants/${tenant}/chats/${chat.id}/mode`, { mode }),
    onSuccess: (row) => keepChat(client, tenant, row),
    onError: (error) => toast(text(error)),
  });
  if (!can("channels.manage")) return <State tone="off">{t(`inbox.mode.${chat.mode}`)}</State>;
  const before = chat.mode;
  return (
    <Seg
      label={t("inbox.mode_of", { title: chat.title })}
      value={change.isPending ? change.variables : chat.mode}
      options={MODES.map((mode) => ({ value: mode, label: t(`inbox.mode.${mode}`) }))}
      onChange={(mode) => {
        if (mode === before || change.isPending) return;
        change.mutate(mode, {
          onSuccess: () =>
            toast(t("inbox.mode_set", { title: chat.title, mode: t(`inbox.mode.${mode}`) }), () =>
              change.mutate(before),
            ),
        });
      }}
    />
  );
}
