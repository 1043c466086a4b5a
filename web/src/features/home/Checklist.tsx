import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleDashed, CircleDot } from "lucide-react";
import { api } from "../../api/client";
import type { ChecklistItem, Home, PanelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { tenantPath, useSession, useTenant } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import { Button } from "../../ui/Button";
import { Meter } from "../../ui/bits";
import { Cord, type CordStep } from "../../ui/Cord";
import { Note } from "../../ui/Note";
import { useProblemText } from "../../ui/problem-text";
import { Time } from "../../ui/Time";
import { ExampleChat, GoodToHave } from "./Aside";
import { progressOf, STEPS, searchOf } from "./checklist";

export function Checklist({ home, items }: { home: Home; items: ChecklistItem[] }) {
  const t = useT();
  const progress = progressOf(items);
  const steps = items.map((item): CordStep => {
    const step = STEPS[item.key];
    if (item.done) return { key: item.key, tone: "done", title: t(step.title), detail: item.detail };
    if (item.key === progress.current) {
      return {
        key: item.key,
        tone: "wait",
        icon: CircleDot,
        title: t(step.title),
        detail: (
          <div className="now stack">
            <p>{item.detail || t(step.about)}</p>
            <div className="row">
              <PageLink className="btn go" to={step.to} search={searchOf(item.key, home)}>
                {t(step.action)}
              </PageLink>
            </div>
          </div>
        ),
      };
    }
    return {
      key: item.key,
      tone: "wait",
      icon: CircleDashed,
      next: true,
      title: (
        <PageLink to={step.to} search={searchOf(item.key, home)}>
          {t(step.title)}
        </PageLink>
      ),
      detail: item.detail || t(step.about),
      end: t("home.minutes", { count: step.minutes }),
    };
  });
  return (
    <div className="duo duo-setup">
      <div className="stack gap-6">
        <div className="stack">
          <h2 className="head2">{t("home.checklist.title", { count: progress.all - progress.done })}</h2>
          <div className="prog">
            <Meter value={progress.done} of={progress.all} label={t("home.steps")} />
            <span className="mut">
              {t("home.progress", { done: progress.done, all: progress.all, minutes: progress.minutes })}
            </span>
          </div>
        </div>
        <PanelDown home={home} />
        <Cord big heading="h3" steps={steps} label={t("home.steps")} />
      </div>
      <div className="stack gap-8">
        <ExampleChat />
        <GoodToHave />
      </div>
    </div>
  );
}

/** The shop is ready, its panel does not answer: said first, with what is kept and what can be done now. */
function PanelDown({ home }: { home: Home }) {
  const t = useT();
  const tenant = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const text = useProblemText();
  const panel = home.panels.find((each) => each.state === "down");
  const ask = useMutation({
    mutationFn: (id: string) => api.post<PanelCard>(tenantPath(tenant, `/panels/${id}/check`)),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.tenant(tenant.tenant, "home") });
      void client.invalidateQueries({ queryKey: keys.tenant(tenant.tenant, "panels") });
    },
  });
  if (!panel) return null;
  return (
    <Note tone="failed" live>
      <div className="stack">
        <p>
          <b>{panel.name}:</b> {panel.sentence}
        </p>
        <p className="two">
          {t("home.panel_down.kept")}{" "}
          {panel.last_answer_at && (
            <>
              {t("home.panel_down.last")} <Time at={panel.last_answer_at} />.
            </>
          )}
        </p>
        {ask.error && <p>{text(ask.error)}</p>}
        {can("panels.manage") && (
          <div className="row">
            <Button busy={ask.isPending} onClick={() => ask.mutate(panel.id)}>
              {t("home.panel_down.ask")}
            </Button>
            <PageLink className="btn bare" to="/panels">
              {t("home.panel_down.change")}
            </PageLink>
          </div>
        )}
      </div>
    </Note>
  );
}
