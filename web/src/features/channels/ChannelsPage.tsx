import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, RadioTower } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api } from "../../api/client";
import type { ChannelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT, useWord } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import {
  Button,
  DangerDialog,
  Empty,
  Loaded,
  Note,
  SkeletonLines,
  State,
  Time,
  toast,
  useProblemText,
} from "../../ui";
import "../../styles/shop.css";
import { ChannelPanel } from "./Groups";
import { channelsQuery, STATE_TONE } from "./queries";
import { TokenDialog } from "./TokenDialog";

export function ChannelsPage({ open, after }: { open?: string; after?: string }) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const channels = useQuery(channelsQuery(tenant));
  /** null: closed; "new": a new bot; else the bot that gets a new token. */
  const [form, setForm] = useState<ChannelCard | "new" | null>(null);
  const shown = channels.data?.find((each) => each.id === open);
  const online = channels.data?.filter((each) => each.state === "online").length ?? 0;
  const connect = can("channels.manage") && (
    <Button go icon={Plus} onClick={() => setForm("new")}>
      {t("channels.connect")}
    </Button>
  );
  return (
    <div className="split">
      <section className="list" aria-label={t("channels.title")}>
        <Top
          title={t("channels.title")}
          about={channels.data && t("channels.online", { online, all: channels.data.length })}
          actions={channels.data?.length ? connect : undefined}
        />
        <Loaded query={channels} skeleton={<SkeletonLines label={t("common.loading")} />}>
          {(cards) =>
            cards.length === 0 ? (
              <Empty icon={RadioTower} title={t("channels.empty")} action={connect}>
                {t("channels.empty_text")}
              </Empty>
            ) : (
              <div className="deck">
                {cards.map((card) => (
                  <Card key={card.id} card={card} onToken={() => setForm(card)} />
                ))}
              </div>
            )
          }
        </Loaded>
        {form && <TokenDialog channel={form === "new" ? null : form} onClose={() => setForm(null)} />}
      </section>
      {shown && <ChannelPanel key={shown.id} channel={shown} after={after} />}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Card({ card, onToken }: { card: ChannelCard; onToken: () => void }) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const text = useProblemText();
  const navigate = useNavigate();
  const { tenant } = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const done = () => client.invalidateQueries({ queryKey: keys.tenant(tenant, "channels") });
  const path = `/tenants/${tenant}/channels/${card.id}`;
  const check = useMutation({
    mutationFn: () => api.post<ChannelCard>(`${path}/check`),
    onSuccess: done,
    onError: (error) => toast(text(error)),
  });
  const enable = useMutation({
    mutationFn: (enabled: boolean) => api.patch<ChannelCard>(path, { enabled }),
    onSuccess: done,
    onError: (error) => toast(text(error)),
  });
  const leave = useMutation({
    mutationFn: () => api.delete(path),
    onSuccess: () => {
      void done();
      void navigate({ to: "/channels", search: {} });
    },
  });
  const tone = STATE_TONE[card.state];
  const { support, silent, off } = card.groups;
  return (
    <article className="box-l thing" data-s={tone === "failed" ? "failed" : undefined}>
      <header>
        <div>
          <h2>{card.name}</h2>
          <p className="mut">
            {word("channels.kind", card.channel)} · <span className="ltr">@{card.username}</span>
          </p>
        </div>
        <State tone={tone} box>
          {card.state_text}
        </State>
      </header>
      <div className="stack">
        {card.next && <p>{card.next}</p>}
        <dl className="facts">
          <Fact name={t("channels.since")}>
            <Time at={card.since} as="short" />
          </Fact>
          <Fact name={t("channels.last_in")}>
            <Time at={card.last_in_at} />
          </Fact>
          <Fact name={t("channels.last_out")}>
            <Time at={card.last_out_at} />
          </Fact>
          <Fact name={t("channels.queue")}>{format.number(card.queued)}</Fact>
          <Fact name={t("channels.in_today")}>{format.number(card.today.in)}</Fact>
          <Fact name={t("channels.out_today")}>{format.number(card.today.out)}</Fact>
          <Fact name={t("channels.refused_today")}>{format.number(card.today.refused)}</Fact>
          <Fact name={t("channels.groups_on")}>
            {t("channels.of", { some: support, all: support + silent + off })}
          </Fact>
        </dl>
        {card.privacy_warning && (
          <Note tone="person">
            <p>{card.privacy_warning}</p>
          </Note>
        )}
      </div>
      <footer>
        {can("channels.manage") && card.state === "logged_out" && (
          <Button go onClick={onToken}>
            {t("channels.give_token")}
          </Button>
        )}
        <Link className="btn" to="/channels" search={{ open: card.id }}>
          {t("channels.see_groups")}
        </Link>
        {can("channels.manage") && (
          <>
            <Button bare busy={check.isPending} onClick={() => check.mutate()}>
              {t("channels.check")}
            </Button>
            <Button bare busy={enable.isPending} onClick={() => enable.mutate(card.state === "disabled")}>
              {card.state === "disabled" ? t("channels.resume") : t("channels.pause")}
            </Button>
            <Button bare onClick={() => setLeaving(true)}>
              {t("channels.leave")}
            </Button>
          </>
        )}
      </footer>
      {leaving && (
        <DangerDialog
          title={t("channels.leave_title", { name: card.name })}
          keep={t("channels.leave_keep")}
          act={t("channels.leave")}
          busy={leave.isPending}
          error={leave.isError && <Note tone="failed">{text(leave.error)}</Note>}
          onClose={() => setLeaving(false)}
          onAct={() => leave.mutate()}
        >
          <p>{t("channels.leave_text", { count: support })}</p>
        </DangerDialog>
      )}
    </article>
  );
}
