// What customers read. Every text under its heading; the one that is open stands beside the list with its preview.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { MessageSquareText, Pencil, SearchX } from "lucide-react";
import { useT, useWord } from "../../i18n";
import { useHotkeys } from "../../lib/hooks";
import { merge } from "../../lib/search";
import { useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import { Button, Empty, Loaded, SearchField, Seg, SkeletonRows, State, Tabs } from "../../ui";
import "../../styles/people.css";
import { type Language, repliesQuery } from "./queries";
import { ReplyPanel } from "./ReplyPanel";
import type { RepliesSearch } from "./search";
import { groupsOf, slug } from "./texts";

export function RepliesPage({ search }: { search: RepliesSearch }) {
  const t = useT();
  const word = useWord();
  const { tenant } = useTenant();
  const navigate = useNavigate({ from: "/replies" });
  const lang: Language = search.lang ?? "en";
  const list = useQuery(repliesQuery(tenant, lang));
  const go = (change: Record<string, string | undefined>, replace = false) =>
    void navigate({ search: (before) => merge(before, change), replace, resetScroll: false });
  const texts = list.data ?? [];
  const changed = texts.filter((text) => text.changed).length;
  const shown = texts.find((text) => text.key === search.open);
  const groups = groupsOf(texts, search.q ?? "", search.view === "changed");
  const flat = groups.flatMap((group) => group.texts);
  const step = (by: 1 | -1) => {
    const at = flat.findIndex((text) => text.key === search.open);
    const next = flat[at === -1 ? 0 : at + by];
    if (next) go({ open: next.key }, true);
  };
  useHotkeys({ j: () => step(1), k: () => step(-1) });

  return (
    <div className="split">
      <section className="list" aria-label={t("replies.title")}>
        <Top
          title={t("replies.title")}
          about={list.data && !search.open && t("replies.about", { count: texts.length, changed })}
          actions={
            <Seg
              label={t("replies.language")}
              value={lang}
              options={[
                { value: "en", label: "English" },
                { value: "ne", label: <span lang="ne">नेपाली</span> },
              ]}
              onChange={(wanted) => go({ lang: wanted === "en" ? undefined : wanted })}
            />
          }
        />
        <div className="bars seek-bars">
          <Tabs
            label={t("replies.views")}
            to="/replies"
            current={search}
            tabs={[
              {
                key: "all",
                label: t("replies.view.all"),
                current: search.view === undefined,
                search: { view: undefined },
              },
              {
                key: "changed",
                label: t("replies.view.changed"),
                current: search.view === "changed",
                search: { view: "changed" },
                ...(changed > 0 ? { count: changed } : {}),
              },
            ]}
          />
          <SearchField
            label={t("replies.search")}
            value={search.q ?? ""}
            onSearch={(q) => go({ q: q || undefined }, true)}
          />
        </div>
        <Loaded query={list} skeleton={<SkeletonRows label={t("replies.loading")} widths={[220, 60]} />}>
          {() =>
            groups.length === 0 ? (
              <Empty
                icon={search.q ? SearchX : MessageSquareText}
                title={t(search.q ? "replies.nothing" : "replies.none_changed")}
                action={
                  <Button onClick={() => go({ q: undefined, view: undefined })}>
                    {t("replies.show_all")}
                  </Button>
                }
              >
                {search.q ? t("replies.nothing_text", { q: search.q }) : t("replies.none_changed_text")}
              </Empty>
            ) : (
              groups.map((group) => (
                <section key={group.name} className="texts" aria-labelledby={`g-${slug(group.name)}`}>
                  <h2 id={`g-${slug(group.name)}`}>
                    {word("replies.group", slug(group.name))}
                    <span className="mut"> {group.texts.length}</span>
                  </h2>
                  <ul>
                    {group.texts.map((text) => (
                      <li key={text.key}>
                        <Link
                          to="/replies"
                          search={(before) => merge(before, { open: text.key })}
                          resetScroll={false}
                          aria-current={text.key === search.open ? "true" : undefined}
                          activeProps={{}}
                        >
                          <span className="name">{text.title}</span>
                          {text.changed && (
                            <State tone="sent" icon={Pencil}>
                              {t("replies.yours")}
                            </State>
                          )}
                          <span className="said" lang={lang} dir="auto">
                            {text.text}
                          </span>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </section>
              ))
            )
          }
        </Loaded>
      </section>
      {shown && (
        <ReplyPanel
          key={`${lang} ${shown.key}`}
          reply={shown}
          lang={lang}
          onClose={() => go({ open: undefined })}
        />
      )}
    </div>
  );
}
