import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus, RadioTower } from "lucide-react";
import { useState } from "react";
import type { ChannelCard } from "../../api/contract";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import { Button, Empty, Loaded, Note, SkeletonLines } from "../../ui";
import "../../styles/shop.css";
import "../../styles/setup.css";
import { Card } from "./Card";
import { ChannelPanel } from "./ChannelPanel";
import { byNeed, channelsQuery } from "./queries";
import { TokenDialog } from "./TokenDialog";

export interface ChannelsSearch {
  open?: string;
  group?: string;
  q?: string;
  after?: string;
  /** The form for a new bot is open. */
  connect?: "1";
}

export function ChannelsPage(search: ChannelsSearch) {
  const t = useT();
  const { tenant } = useTenant();
  const { can } = useSession();
  const channels = useQuery(channelsQuery(tenant));
  const navigate = useNavigate();
  /** The bot that gets a new token. */
  const [renewed, setRenewed] = useState<ChannelCard | null>(null);
  const shown = channels.data?.find((each) => each.id === search.open);
  const online = channels.data?.filter((each) => each.state === "online").length ?? 0;
  const connect = can("channels.manage") && (
    <Button go icon={Plus} onClick={() => void navigate({ to: "/channels", search: { connect: "1" } })}>
      {t("channels.connect")}
    </Button>
  );
  return (
    <div className="split">
      <section className="list" aria-label={t("channels.title")}>
        <Top
          title={t("channels.title")}
          about={
            channels.data?.length ? t("channels.online", { online, all: channels.data.length }) : undefined
          }
          actions={channels.data?.length ? connect : undefined}
        />
        <Loaded
          query={channels}
          skeleton={
            <div className="deck">
              <div className="box-l">
                <SkeletonLines label={t("common.loading")} lines={6} />
              </div>
            </div>
          }
        >
          {(cards) =>
            cards.length === 0 ? (
              <Empty
                icon={RadioTower}
                title={t("channels.empty")}
                action={connect || <p className="mut">{t("channels.ask_owner")}</p>}
              >
                {t("channels.empty_text")}
              </Empty>
            ) : (
              <>
                {search.open && !shown && (
                  <div className="bars">
                    <Note>{t("channels.gone")}</Note>
                  </div>
                )}
                <div className="deck">
                  {byNeed(cards).map((card) => (
                    <Card
                      key={card.id}
                      card={card}
                      current={card.id === search.open}
                      onToken={() => setRenewed(card)}
                    />
                  ))}
                </div>
              </>
            )
          }
        </Loaded>
        {renewed && <TokenDialog channel={renewed} first={false} onClose={() => setRenewed(null)} />}
        {search.connect && channels.data && can("channels.manage") && (
          <TokenDialog
            channel={null}
            first={channels.data.length === 0}
            onClose={() => void navigate({ to: "/channels", search: {} })}
          />
        )}
      </section>
      {shown && (
        <ChannelPanel key={shown.id} channel={shown} search={search} onToken={() => setRenewed(shown)} />
      )}
    </div>
  );
}
