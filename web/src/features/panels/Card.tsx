import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../../api/client";
import type { PanelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT, useWord } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import { Button, Can, State, Time, toast, useProblemText } from "../../ui";
import { usePaceWords } from "./Pace";
import { hostOf, REPORT_TONE } from "./queries";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The server's answer stands at once; the list is asked again all the same. */
export function useShowPanel() {
  const { tenant } = useTenant();
  const client = useQueryClient();
  return (fresh: PanelCard) => {
    const list = keys.tenant(tenant, "panels");
    client.setQueryData<PanelCard[]>(list, (before) =>
      before?.some((each) => each.id === fresh.id)
        ? before.map((each) => (each.id === fresh.id ? fresh : each))
        : before && [...before, fresh],
    );
    void client.invalidateQueries({ queryKey: list });
    void client.invalidateQueries({ queryKey: keys.tenant(tenant, "home") });
  };
}

export function useCheck(card: PanelCard) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const show = useShowPanel();
  return useMutation({
    mutationFn: () => api.post<PanelCard>(`/tenants/${tenant}/panels/${card.id}/check`),
    onSuccess: (fresh) => {
      show(fresh);
      toast(t("panels.checked", { name: fresh.name, sentence: fresh.report.sentence }));
    },
    onError: (error) => toast(text(error)),
  });
}

export function PanelState({ card }: { card: PanelCard }) {
  const word = useWord();
  return (
    <State tone={REPORT_TONE[card.report.state]} box>
      {word("panels.state", card.report.state)}
    </State>
  );
}

export function Card({ card, current }: { card: PanelCard; current: boolean }) {
  const t = useT();
  const format = useFormat();
  const pace = usePaceWords();
  const { can } = useSession();
  const check = useCheck(card);
  const manage = can("panels.manage");
  const { report } = card;
  const tone = REPORT_TONE[report.state];
  const ok = report.state === "ok";
  const badKey = report.state === "wrong_key" || report.state === "customer_key";
  return (
    <article
      className="box-l thing"
      data-s={tone === "failed" ? "failed" : undefined}
      data-open={current || undefined}
      aria-label={card.name}
    >
      <header>
        <div>
          <h2>
            {manage ? (
              <Link to="/panels" search={{ open: card.id }}>
                {card.name}
              </Link>
            ) : (
              card.name
            )}
          </h2>
          <p className="mut">
            {t(`common.kind.${card.kind}`)} · <span className="ltr">{hostOf(card.url)}</span>
          </p>
        </div>
        <PanelState card={card} />
      </header>
      <div className="stack gap-3">
        {(!ok || report.next) && (
          <p>
            {report.sentence} {report.next}
          </p>
        )}
        {report.abilities.length > 0 && (
          <div className="can-two">
            <Can abilities={report.abilities} />
          </div>
        )}
        <dl className="facts">
          <Fact name={t("panels.last_answer")}>
            {card.last_answer_at ? <Time at={card.last_answer_at} /> : t("panels.never")}
          </Fact>
          <Fact name={t("panels.checked_at")}>
            <Time at={report.checked_at} />
          </Fact>
          <Fact name={t("panels.pace")}>{pace(card.min_gap_ms)}</Fact>
          <Fact name={t("panels.zone")}>{card.time_zone.replaceAll("_", " ")}</Fact>
          <Fact name={t("panels.customers")}>
            <PageLink to="/customers">{format.number(card.customers)}</PageLink>
          </Fact>
          <Fact name={t("panels.key")}>
            {card.key_hint ? (
              <span className="ltr">
                <span aria-hidden="true">••••</span>
                <span className="vh">{t("panels.key_ends")} </span>
                {card.key_hint}
              </span>
            ) : (
              t("panels.key_kept")
            )}
          </Fact>
        </dl>
      </div>
      {manage && (
        <footer>
          {badKey && (
            <Link className="btn go" to="/panels" search={{ open: card.id }}>
              {t("panels.change_key")}
            </Link>
          )}
          <Button go={!ok && !badKey} busy={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? t("panels.testing") : t("panels.check")}
          </Button>
          {!badKey && (
            <Link className="btn" to="/panels" search={{ open: card.id }}>
              {t("panels.edit")}
            </Link>
          )}
        </footer>
      )}
    </article>
  );
}
