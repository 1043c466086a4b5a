// Everybody knows this page from their phone: chats at the side, one of them open. On the phone two screens.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { useT } from "../../i18n";
import { useHotkeys } from "../../lib/hooks";
import { merge } from "../../lib/search";
import { useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import { Empty, Refused, SkeletonLines } from "../../ui";
import { ChatList, useChats } from "./ChatList";
import { Conversation } from "./Conversation";
import { chatQuery } from "./queries";
import { filtersOf, type InboxSearch } from "./search";
import "../../styles/talk.css";

export function InboxPage({ search }: { search: InboxSearch }) {
  const t = useT();
  const navigate = useNavigate({ from: "/inbox" });
  const filters = filtersOf(search);
  const list = useChats(filters);
  const go = (change: Record<string, string | undefined>, replace = false) =>
    navigate({ search: (before) => merge(before, change), replace, resetScroll: false });
  const step = (by: 1 | -1) => {
    const at = list.shown.findIndex((row) => row.id === search.chat);
    const next = list.shown[at === -1 ? 0 : at + by];
    if (next) void go({ chat: next.id }, search.chat !== undefined);
  };
  useHotkeys({ j: () => step(1), k: () => step(-1) });
  return (
    <div className="fill">
      <Top title={t("inbox.title")} about={t("inbox.about")} search={t("inbox.find_all")} />
      <div className="panes" data-open={search.chat !== undefined || undefined}>
        <ChatList list={list} search={search} filters={filters} onGo={go} />
        {search.chat === undefined ? (
          <section className="conv none" aria-label={t("inbox.chat")}>
            <Empty icon={MessagesSquare} title={t("inbox.choose.title")}>
              {t("inbox.choose.text")}
            </Empty>
          </section>
        ) : (
          <Opened
            key={search.chat}
            id={search.chat}
            list={list}
            onBack={() => void go({ chat: undefined })}
          />
        )}
      </div>
    </div>
  );
}

function Opened(props: { id: string; list: ReturnType<typeof useChats>; onBack: () => void }) {
  const t = useT();
  const { tenant } = useTenant();
  const listed = props.list.shown.find((row) => row.id === props.id);
  const query = useQuery({ ...chatQuery(tenant, props.id), ...(listed && { placeholderData: listed }) });
  if (query.data) return <Conversation chat={query.data} onBack={props.onBack} />;
  return (
    <section className="conv none" aria-label={t("inbox.chat")}>
      {query.isError ? (
        <Refused error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <div className="p-6">
          <SkeletonLines label={t("common.loading")} />
        </div>
      )}
    </section>
  );
}
