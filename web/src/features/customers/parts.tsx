// How a person and their state look in lists and panels.
import { Link } from "@tanstack/react-router";
import { FlaskConical, type LucideIcon, Phone, SearchX, Send } from "lucide-react";
import type { Channel, CustomerRow, IdentityRow } from "../../api/contract";
import { useT } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { merge } from "../../lib/search";
import { useFormat } from "../../lib/session";
import { Empty } from "../../ui/bits";
import { State } from "../../ui/State";
import { isMuted, senderName } from "./queries";

const CHANNEL_ICON: Record<Channel, LucideIcon> = {
  telegram_bot: Send,
  telegram_account: Send,
  whats_app: Phone,
  test_room: FlaskConical,
};

export function ChannelIcon({ channel }: { channel: Channel }) {
  const t = useT();
  const Icon = CHANNEL_ICON[channel] ?? Send;
  return <Icon className="i s" role="img" aria-label={t(`common.channel.${channel}`)} />;
}

/** The first one by name, how many more there are. */
export function WritesFrom({ senders }: { senders: IdentityRow[] }) {
  const [first, ...more] = senders;
  if (!first) return <span className="mut">—</span>;
  return (
    <span className="from">
      <ChannelIcon channel={first.channel} />
      <bdi className="cut">{senderName(first)}</bdi>
      {more.length > 0 && <span className="mut">+{more.length}</span>}
    </span>
  );
}

/** What is missing before this customer can be answered, else that all is there. */
export function CustomerState({ customer, box }: { customer: CustomerRow; box?: boolean }) {
  const t = useT();
  const now = useNow();
  const format = useFormat();
  const muted = customer.identities.find((sender) => isMuted(sender, now));
  const look = box ? { box: true } : {};
  if (muted?.muted_until) {
    return (
      <State tone="pause" {...look}>
        {t("customers.state.muted", { time: format.short(muted.muted_until) })}
      </State>
    );
  }
  if (customer.identities.length === 0) {
    return (
      <State tone="off" {...look}>
        {t("customers.state.no_sender")}
      </State>
    );
  }
  if (customer.links.length === 0) {
    return (
      <State tone="off" {...look}>
        {t("customers.state.no_username")}
      </State>
    );
  }
  return (
    <State tone="done" {...look}>
      {t("customers.state.linked")}
    </State>
  );
}

export function SenderState({ sender, box }: { sender: IdentityRow; box?: boolean }) {
  const t = useT();
  const now = useNow();
  const format = useFormat();
  const look = box ? { box: true } : {};
  if (sender.muted_until && isMuted(sender, now)) {
    return (
      <State tone="pause" {...look}>
        {t("customers.state.muted", { time: format.short(sender.muted_until) })}
      </State>
    );
  }
  return sender.customer ? (
    <State tone="done" {...look}>
      {t("customers.state.linked")}
    </State>
  ) : (
    <State tone="person" {...look}>
      {t("customers.state.not_linked")}
    </State>
  );
}

export function NothingFound({ q }: { q: string }) {
  const t = useT();
  return (
    <Empty
      icon={SearchX}
      title={t("customers.nothing.title")}
      action={
        <Link
          className="btn"
          to="/customers"
          search={(before) => merge(before, { q: undefined, after: undefined })}
        >
          {t("customers.nothing.all")}
        </Link>
      }
    >
      {t("customers.nothing.text", { q })}
    </Empty>
  );
}
