// One request from message to end: what is true first, then each decision with its reason.
import { useQuery } from "@tanstack/react-query";
import {
  Archive,
  CheckCheck,
  ChevronDown,
  CircleArrowRight,
  Coins,
  Link as LinkIcon,
  type LucideIcon,
  MessageSquare,
  RefreshCw,
  Scale,
  ScanText,
  StickyNote,
  Store,
  UserCheck,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Id, RequestAction, RequestDetail, TimelineStep } from "../../api/contract";
import { useT } from "../../i18n";
import { useFormat, useTenant } from "../../lib/session";
import { REQUEST_TONE, STEP_TONE } from "../../lib/tones";
import { PageLink } from "../../shell/PageLink";
import { Button } from "../../ui/Button";
import { Sec } from "../../ui/bits";
import { CopyId, copyText } from "../../ui/CopyId";
import { Cord, type CordStep } from "../../ui/Cord";
import { Loaded, SkeletonLines } from "../../ui/Loaded";
import { SidePanel } from "../../ui/SidePanel";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/Toast";
import { requestQuery } from "./queries";

const STEP_ICON: Record<TimelineStep["key"], LucideIcon> = {
  message: MessageSquare,
  parsed: ScanText,
  owner: UserCheck,
  status: RefreshCw,
  rule: Scale,
  panel: Store,
  reply: CheckCheck,
  forward: CircleArrowRight,
  cost: Coins,
  closed: Archive,
  note: StickyNote,
};

export function RequestPanel(props: {
  id: Id;
  busy: string | null;
  onClose: () => void;
  onNext: (() => void) | undefined;
  onAct: (action: RequestAction["action"]) => void;
  onAssign: (row: RequestDetail) => void;
}) {
  const t = useT();
  const tenant = useTenant();
  const query = useQuery(requestQuery(tenant.tenant, props.id));
  const request = query.data;
  return (
    <SidePanel
      label={request ? t("requests.panel.label", { id: request.order_id }) : t("requests.panel.loading")}
      title={
        request ? (
          <>
            {t("requests.order")} <CopyId id={request.order_id} />
          </>
        ) : (
          t("requests.order")
        )
      }
      onClose={props.onClose}
      actions={
        <>
          <Button
            bare
            icon={LinkIcon}
            label={t("requests.panel.link")}
            onClick={async () =>
              toast(
                (await copyText(location.href)) ? t("requests.panel.link_copied") : t("common.copy_failed"),
              )
            }
          />
          {props.onNext && (
            <Button
              bare
              className="wide"
              icon={ChevronDown}
              label={t("requests.panel.next")}
              onClick={props.onNext}
            />
          )}
        </>
      }
      footer={
        request && (
          <Actions
            request={request}
            busy={props.busy}
            onAct={props.onAct}
            onAssign={() => props.onAssign(request)}
          />
        )
      }
    >
      <Loaded query={query} skeleton={<SkeletonLines label={t("requests.panel.loading")} lines={10} />}>
        {(data) => <Detail request={data} />}
      </Loaded>
    </SidePanel>
  );
}

function Detail({ request }: { request: RequestDetail }) {
  const t = useT();
  const format = useFormat();
  const who = request.customer?.name ?? request.sender;
  const facts: [string, ReactNode][] = [
    [
      t("requests.customer"),
      request.customer ? (
        <PageLink key="w" to="/customers" search={{ open: request.customer.id }}>
          <bdi>{who}</bdi>
        </PageLink>
      ) : (
        <span key="w">
          <bdi>{who}</bdi> <span className="mut">{t("requests.not_linked")}</span>
        </span>
      ),
    ],
    [t("requests.asked"), <Time key="t" at={request.at} as="exact" />],
    [
      t("requests.chat"),
      <PageLink key="c" to="/inbox" search={{ chat: request.chat.id }}>
        <bdi>{request.chat.title || t(`common.channel.${request.channel}`)}</bdi>
      </PageLink>,
    ],
  ];
  if (request.panel) facts.push([t("requests.panel"), request.panel.name]);
  if (request.order_status) facts.push([t("requests.status"), request.order_status]);
  if (request.provider_alias || request.external_ids.length > 0) {
    facts.push([
      t("requests.provider"),
      <span key="p">
        {request.provider_alias}
        {request.external_ids.map((id) => (
          <span key={id}>
            {" "}
            <CopyId id={id} />
          </span>
        ))}
      </span>,
    ]);
  }
  facts.push([
    t("requests.assignee"),
    request.assignee?.username ?? (
      <span key="n" className="mut">
        {t("requests.assign.nobody")}
      </span>
    ),
  ]);
  facts.push([t("requests.cost"), format.credits(request.cost)]);
  return (
    <>
      <div className="stack">
        <div className="row">
          <State tone={REQUEST_TONE[request.state]} box>
            {t(`common.state.${request.state}`)}
          </State>
          {request.test && <span className="mut">{t("requests.test")}</span>}
          {request.closed_at && (
            <span className="mut">
              {t("requests.closed_at")} <Time at={request.closed_at} />
            </span>
          )}
        </div>
        <p>{request.sentence}</p>
        {request.staff_reason && request.staff_reason.toLowerCase() !== request.sentence.toLowerCase() && (
          <p className="two">{request.staff_reason}</p>
        )}
      </div>
      {request.message_text && (
        <blockquote className="quote">
          <bdi>{request.message_text}</bdi>
        </blockquote>
      )}
      <dl className="dl">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {request.note && (
        <Sec level={3} title={t("requests.note")}>
          <p className="whitespace-pre-wrap">{request.note}</p>
        </Sec>
      )}
      <Sec level={3} title={t("requests.timeline")}>
        <div aria-live="polite">
          <Cord steps={request.timeline.map((step, index) => cordStep(step, index, format.took))} />
        </div>
      </Sec>
    </>
  );
}

function cordStep(step: TimelineStep, index: number, took: (ms: number) => string): CordStep {
  const next = step.state === "waiting";
  const plain = step.state === "done" || step.state === "under_way";
  return {
    key: `${index}-${step.key}`,
    tone: STEP_TONE[step.state],
    next,
    ...(plain && { icon: STEP_ICON[step.key] }),
    title: step.title,
    detail: step.detail,
    end:
      step.ms !== null ? (
        took(step.ms)
      ) : step.at ? (
        <Time at={step.at} as={next ? "short" : "clock"} />
      ) : undefined,
  };
}

/** The first action that is allowed is the filled one; what is not allowed says why. */
function Actions(props: {
  request: RequestDetail;
  busy: string | null;
  onAct: (action: RequestAction["action"]) => void;
  onAssign: () => void;
}) {
  const t = useT();
  const { request } = props;
  if (request.actions.length === 0) return null;
  const allowed = request.actions.filter((action) => action.allowed);
  const held = request.actions.filter((action) => !action.allowed && action.why !== "");
  return (
    <>
      {allowed.map((action, index) => (
        <Button
          key={action.action}
          go={index === 0}
          bare={index > 1}
          busy={props.busy === action.action}
          onClick={() => (action.action === "assign" ? props.onAssign() : props.onAct(action.action))}
        >
          {t(`requests.${action.action}`)}
        </Button>
      ))}
      {held.map((action) => (
        <span key={action.action} className="held">
          <Button why={action.why}>{t(`requests.${action.action}`)}</Button>
        </span>
      ))}
    </>
  );
}
