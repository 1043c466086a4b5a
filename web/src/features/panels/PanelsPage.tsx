import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus, Store } from "lucide-react";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import { Button, Empty, Loaded, Note, SkeletonLines } from "../../ui";
import "../../styles/shop.css";
import "../../styles/setup.css";
import { Card } from "./Card";
import { ConnectPanel } from "./ConnectPanel";
import { EditPanel } from "./EditPanel";
import { byNeed, panelsQuery } from "./queries";

export interface PanelsSearch {
  open?: string;
  connect?: "1";
}

export function PanelsPage({ open, connect }: PanelsSearch) {
  const t = useT();
  const navigate = useNavigate();
  const { tenant } = useTenant();
  const { can } = useSession();
  const panels = useQuery(panelsQuery(tenant));
  const manage = can("panels.manage");
  const shown = panels.data?.find((each) => each.id === open);
  const answering = panels.data?.filter((each) => each.report.state === "ok").length ?? 0;
  const go = (search: PanelsSearch) => void navigate({ to: "/panels", search });
  const button = manage && (
    <Button go={!connect} icon={Plus} onClick={() => go({ connect: "1" })}>
      {t("panels.connect")}
    </Button>
  );
  return (
    <div className="split">
      <section className="list" aria-label={t("panels.title")}>
        <Top
          title={t("panels.title")}
          about={
            panels.data?.length
              ? t("panels.answering", { ok: answering, all: panels.data.length })
              : undefined
          }
          actions={panels.data?.length ? button : undefined}
        />
        <Loaded
          query={panels}
          skeleton={
            <div className="deck">
              <div className="box-l">
                <SkeletonLines label={t("common.loading")} lines={8} />
              </div>
            </div>
          }
        >
          {(cards) =>
            cards.length === 0 ? (
              <Empty icon={Store} title={t("panels.empty")} action={button}>
                {t("panels.empty_text")}
              </Empty>
            ) : (
              <>
                {open && !shown && (
                  <div className="bars">
                    <Note>{t("panels.gone")}</Note>
                  </div>
                )}
                <div className="deck">
                  {byNeed(cards).map((card) => (
                    <Card key={card.id} card={card} current={card.id === open} />
                  ))}
                </div>
              </>
            )
          }
        </Loaded>
      </section>
      {connect && manage ? (
        <ConnectPanel onClose={() => go({})} />
      ) : (
        shown && manage && <EditPanel key={shown.id} card={shown} onClose={() => go({})} />
      )}
    </div>
  );
}
