// One chat: who it is, whether the bot or a person answers, what was said on both sides, and the place to answer.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowLeft } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { api } from "../../api/client";
import type { ChatMessage, ChatRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import { Button, Empty, Loaded, Note, SkeletonLines } from "../../ui";
import { BotSwitch, ChatState } from "./BotSwitch";
import { Avatar } from "./ChatList";
import { Composer } from "./Composer";
import { useOutgoing } from "./out";
import { keepChat, saidQuery } from "./queries";
import { OutgoingBubble, SaidBubble } from "./Said";
import { byDay, inOrder, nameOf } from "./talk";

const AWAY_PX = 160;

export function Conversation({ chat, onBack }: { chat: ChatRow; onBack: () => void }) {
  const t = useT();
  const { can } = useSession();
  const { tenant } = useTenant();
  const [quoted, setQuoted] = useState<ChatMessage | null>(null);
  const out = useOutgoing(tenant, chat.id);
  const name = nameOf(chat);
  useRead(chat);
  return (
    <section className="conv" aria-label={t("inbox.chat_with", { name })}>
      <header>
        <Button bare icon={ArrowLeft} className="back" label={t("inbox.back")} onClick={onBack} />
        <Avatar row={chat} />
        <div className="w grow">
          <h2 className="cut">
            <bdi>{name}</bdi>
          </h2>
          <p className="mut sm cut">
            {chat.customer && (
              <>
                <PageLink to="/customers" search={{ open: chat.customer.id }}>
                  {chat.customer.name === name ? t("inbox.customer") : chat.customer.name}
                </PageLink>
                {" · "}
              </>
            )}
            {t("inbox.on", { account: chat.account.name })}
          </p>
        </div>
        {can("inbox.write") &&
          chat.party !== "provider" &&
          chat.mode !== "off" &&
          chat.lost_reason === null && <BotSwitch chat={chat} />}
      </header>
      <ChatState chat={chat} />
      <Messages
        chat={chat}
        out={out}
        {...(can("inbox.write") && chat.lost_reason === null && { onQuote: setQuoted })}
      />
      {chat.lost_reason !== null ? (
        <div className="say">
          <Note tone="failed" className="grow">
            <p>{t("inbox.lost_why", { reason: chat.lost_reason })}</p>
          </Note>
        </div>
      ) : can("inbox.write") ? (
        <Composer
          chat={chat}
          name={name}
          quoted={quoted}
          onUnquote={() => setQuoted(null)}
          onSend={(text) => {
            out.send(text, quoted?.id ?? null);
            setQuoted(null);
          }}
        />
      ) : (
        <p className="say mut">{t("inbox.read_only")}</p>
      )}
    </section>
  );
}

function Messages(props: {
  chat: ChatRow;
  out: ReturnType<typeof useOutgoing>;
  onQuote?: (message: ChatMessage) => void;
}) {
  const t = useT();
  const format = useFormat();
  const { tenant } = useTenant();
  const query = useInfiniteQuery(saidQuery(tenant, props.chat.id));
  const messages = useMemo(() => inOrder(query.data?.pages ?? []), [query.data]);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);
  const scroller = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const newest = messages.at(-1)?.id;
  const [seen, setSeen] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!away) setSeen(newest);
  }, [away, newest]);

  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  useEffect(() => {
    const mark = top.current;
    if (!mark || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && void fetchNextPage(),
      { root: scroller.current, rootMargin: "240px 0px 0px" },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const dayWord = (at: string) => {
    const day = format.day(at);
    const now = Date.now();
    if (day === format.day(new Date(now).toISOString())) return t("inbox.today");
    if (day === format.day(new Date(now - 86_400_000).toISOString())) return t("inbox.yesterday");
    return day;
  };
  return (
    <div className="chat-place">
      <div
        ref={scroller}
        className="chat upward"
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        aria-label={t("inbox.messages")}
        onScroll={(event) => setAway(event.currentTarget.scrollTop < -AWAY_PX)}
      >
        <div className="msgs">
          <Loaded query={query} skeleton={<SkeletonLines label={t("common.loading")} lines={6} />}>
            {() => (
              <>
                <div ref={top} />
                {hasNextPage && (
                  <p className="day">
                    <button type="button" className="linklike hit" onClick={() => void fetchNextPage()}>
                      {isFetchingNextPage ? t("common.loading") : t("inbox.earlier")}
                    </button>
                  </p>
                )}
                {messages.length === 0 && props.out.items.length === 0 && (
                  <Empty icon={ArrowDown} title={t("inbox.nothing_said")} level={3} />
                )}
                {byDay(messages, format.day).map((day) => (
                  <div key={day.key} className="msgs" role="group" aria-label={dayWord(day.at)}>
                    <p className="day" aria-hidden="true">
                      {dayWord(day.at)}
                    </p>
                    {day.messages.map((message) => (
                      <SaidBubble
                        key={message.id}
                        message={message}
                        inGroup={props.chat.kind === "group"}
                        quoted={message.reply_to === null ? undefined : byId.get(message.reply_to)}
                        onQuote={props.onQuote}
                      />
                    ))}
                  </div>
                ))}
              </>
            )}
          </Loaded>
          {props.out.items.map((item) => (
            <OutgoingBubble
              key={item.key}
              item={item}
              onAgain={() => props.out.again(item)}
              onDrop={() => props.out.drop(item.key)}
            />
          ))}
        </div>
      </div>
      {away && (
        <Button
          className="down"
          icon={ArrowDown}
          onClick={() => scroller.current?.scrollTo({ top: 0, behavior: "auto" })}
        >
          {newest !== seen ? t("inbox.new_below") : t("inbox.newest")}
        </Button>
      )}
    </div>
  );
}

const isVisible = () => document.visibilityState === "visible";
function watchVisible(notify: () => void) {
  document.addEventListener("visibilitychange", notify);
  return () => document.removeEventListener("visibilitychange", notify);
}

/** What stands open before somebody's eyes has been seen. */
function useRead(chat: ChatRow) {
  const client = useQueryClient();
  const { tenant } = useTenant();
  const visible = useSyncExternalStore(watchVisible, isVisible);
  const told = useRef("");
  const state = `${chat.unread} ${chat.last?.at}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each thing that came
  useEffect(() => {
    if (!visible || chat.unread === 0 || told.current === state) return;
    told.current = state;
    api.post(`/tenants/${tenant}/chats/${chat.id}/read`).then(
      () => keepChat(client, tenant, { ...chat, unread: 0 }),
      // It stays unread, which is the truth; the next message tries again.
      () => undefined,
    );
  }, [visible, state]);
}
