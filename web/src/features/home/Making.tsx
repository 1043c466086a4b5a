// The first screen after sign-up: the shop is being made, step by step. It may be closed; the making goes on.
import { Check, CircleDashed, CircleDot, type LucideIcon, OctagonX } from "lucide-react";
import type { Setup, SetupStep } from "../../api/contract";
import { type MessageId, useT } from "../../i18n";
import { Meter } from "../../ui/bits";
import { Cord, type CordStep } from "../../ui/Cord";
import { KeyReportNote } from "../../ui/KeyReportNote";
import { Time } from "../../ui/Time";
import { ExampleChat, GoodToHave } from "./Aside";
import { STEPS } from "./checklist";

const SIGN: Record<SetupStep["state"], LucideIcon> = {
  done: Check,
  running: CircleDot,
  waiting: CircleDashed,
  failed: OctagonX,
};
const NAME: Record<SetupStep["key"], MessageId> = {
  account: "home.making.account",
  schema: "home.making.schema",
  credits: "home.making.credits",
  panel: "home.making.panel",
};

export function Making({ setup, username }: { setup: Setup; username: string }) {
  const t = useT();
  const { steps, state } = setup.provisioning;
  const done = steps.filter((step) => step.state === "done").length;
  const later: CordStep[] = setup.checklist
    .filter((item) => !item.done && item.key !== "panel")
    .map((item) => ({
      key: item.key,
      tone: "wait",
      next: true,
      title: t(STEPS[item.key].title),
      detail: t(STEPS[item.key].about),
      end: t("home.minutes", { count: STEPS[item.key].minutes }),
    }));
  const making: CordStep = {
    key: "making",
    tone: state === "waiting" ? "wait" : "sent",
    title: t("home.making.title"),
    detail: (
      <div>
        <ul className="sub">
          {steps.map((step) => {
            const Sign = SIGN[step.state];
            return (
              <li key={step.key}>
                <Sign className="i" data-s={step.state} aria-hidden="true" />
                <span>
                  {t(NAME[step.key], { name: username })}
                  {step.detail && <span className="mut"> {step.detail}</span>}
                  <span className="vh"> {t(`home.making.state.${step.state}`)}</span>
                </span>
                <span className="ms">{step.at && <Time at={step.at} as="clock" />}</span>
              </li>
            );
          })}
        </ul>
        <p className="hint mt-2">{t("home.making.close")}</p>
      </div>
    ),
  };
  return (
    <div className="duo duo-setup">
      <div className="stack gap-6">
        <div className="stack" aria-live="polite">
          <h2 className="head2">
            {state === "waiting" ? t("home.making.waiting") : t("home.making.running")}
          </h2>
          <div className="prog">
            <Meter value={done} of={steps.length} label={t("home.making.title")} />
            <span className="mut">{t("home.done_of", { done, all: steps.length })}</span>
          </div>
        </div>
        {setup.panel && setup.panel.state !== "ok" && <KeyReportNote report={setup.panel} />}
        <Cord big heading="h3" steps={[making, ...later]} label={t("home.steps")} />
      </div>
      <div className="stack gap-8">
        <ExampleChat />
        <GoodToHave />
      </div>
    </div>
  );
}
