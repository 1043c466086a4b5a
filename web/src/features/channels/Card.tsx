import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { ChannelCard } from "../../api/contract";
import { useT, useWord } from "../../i18n";
import { useFormat, useSession } from "../../lib/session";
import { CHANNEL_TONE } from "../../lib/tones";
import { Button, Note, State, Time } from "../../ui";
import { useChannelActions } from "./actions";
import { PrivacySteps } from "./PrivacySteps";
import { sentencesOf } from "./queries";
import { TakeOverDialog } from "./TakeOverDialog";

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function ChannelState({ card }: { card: ChannelCard }) {
  const word = useWord();
  const elsewhere = card.received_elsewhere;
  return (
    <State tone={elsewhere ? "person" : CHANNEL_TONE[card.state]} box>
      {word("channels.state", elsewhere ? "elsewhere" : card.state)}
    </State>
  );
}

export function Card({
  card,
  current,
  onToken,
}: {
  card: ChannelCard;
  current: boolean;
  onToken: () => void;
}) {
  const t = useT();
  const word = useWord();
  const format = useFormat();
  const { can } = useSession();
  const { check, enable } = useChannelActions(card);
  const [taking, setTaking] = useState(false);
  const { support, silent, off } = card.groups;
  const manage = can("channels.manage");
  const elsewhere = card.received_elsewhere;
  const never = (at: string | null) => (at === null ? t("channels.never") : <Time at={at} />);
  return (
    <article
      className="box-l thing"
      data-s={card.state === "logged_out" ? "failed" : undefined}
      data-open={current || undefined}
      aria-label={card.name}
    >
      <header>
        <div>
          <h2>
            <Link to="/channels" search={{ open: card.id }}>
              {card.name}
            </Link>
          </h2>
          <p className="mut">
            {word("channels.kind", card.channel)} · <span className="ltr">@{card.username}</span>
          </p>
        </div>
        <ChannelState card={card} />
      </header>
      <div className="stack gap-3">
        {sentencesOf(card).length > 0 && <p>{sentencesOf(card).join(" ")}</p>}
        <dl className="facts">
          <Fact name={t("channels.since")}>
            <Time at={card.since} as="short" />
          </Fact>
          <Fact name={t("channels.last_in")}>{never(card.last_in_at)}</Fact>
          <Fact name={t("channels.last_out")}>{never(card.last_out_at)}</Fact>
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
            <p>
              <b>{t("channels.privacy")}</b> {t("channels.privacy_text")}
            </p>
            <details>
              <summary>{t("channels.privacy_do")}</summary>
              <PrivacySteps username={card.username} />
            </details>
          </Note>
        )}
      </div>
      <footer>
        {manage && card.state === "logged_out" && (
          <Button go onClick={onToken}>
            {t("channels.give_token")}
          </Button>
        )}
        {manage && elsewhere && (
          <Button go onClick={() => setTaking(true)}>
            {t("channels.take_over")}
          </Button>
        )}
        {manage && card.state === "disabled" && (
          <Button go busy={enable.isPending} onClick={() => enable.mutate(true)}>
            {t("channels.resume")}
          </Button>
        )}
        <Link className="btn" to="/channels" search={{ open: card.id }}>
          {t("channels.see_groups")}
        </Link>
        {manage && card.state !== "disabled" && (
          <Button bare busy={check.isPending} onClick={() => check.mutate()}>
            {check.isPending ? t("channels.checking") : t("channels.check")}
          </Button>
        )}
      </footer>
      {taking && <TakeOverDialog card={card} onClose={() => setTaking(false)} />}
    </article>
  );
}
