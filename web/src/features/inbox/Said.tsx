// A bubble: who wrote it, what became of it, and the requests that it made.
import { Bot, CornerUpLeft, ListChecks, UserRound } from "lucide-react";
import type { ChatMessage } from "../../api/contract";
import { useT } from "../../i18n";
import { useSession } from "../../lib/session";
import { PageLink } from "../../shell/PageLink";
import { Button, Time } from "../../ui";
import type { Outgoing } from "./out";
import { type Sent, TICK } from "./talk";

export function SaidBubble(props: {
  message: ChatMessage;
  inGroup: boolean;
  quoted: ChatMessage | undefined;
  onQuote: ((message: ChatMessage) => void) | undefined;
}) {
  const t = useT();
  const { me } = useSession();
  const { message } = props;
  const out = message.direction === "out";
  const mine = message.by === "person" && message.sender === me.account.username;
  const state = message.state === "received" ? null : message.state;
  const bad = state === "refused" || state === "unknown";
  return (
    <>
      <div className={out ? "bub out" : "bub"} data-by={message.by}>
        {!out && props.inGroup && message.sender && (
          <div className="by">
            <bdi>{message.sender}</bdi>
          </div>
        )}
        {message.reply_to !== null && (
          <p className="answers cut">
            {props.quoted ? props.quoted.text || t("inbox.no_words") : t("inbox.earlier_message")}
          </p>
        )}
        {message.text ? (
          <span className="whitespace-pre-wrap">{message.text}</span>
        ) : (
          <i className="mut">{t("inbox.no_words")}</i>
        )}
        <div className="meta">
          {!out && props.onQuote && (
            <button type="button" className="unfold hit" onClick={() => props.onQuote?.(message)}>
              <CornerUpLeft className="i" aria-hidden="true" />
              {t("inbox.reply")}
            </button>
          )}
          {out &&
            (message.by === "bot" ? (
              <>
                <Bot className="i" aria-hidden="true" />
                {t("inbox.bot")} ·
              </>
            ) : (
              <>
                <UserRound className="i" aria-hidden="true" />
                {mine ? t("inbox.you") : message.sender} ·
              </>
            ))}
          <Time at={message.at} as="time" />
          {state && !bad && <Tick state={state} />}
        </div>
        {state && bad && <Trouble state={state} error={message.error} />}
      </div>
      {message.requests.length > 0 && (
        <ul className="asked" aria-label={t("inbox.asked")}>
          {message.requests.map((request) => (
            <li key={request.id}>
              <PageLink className="chip" to="/requests" search={{ view: "all", open: request.id }}>
                <ListChecks className="i s" aria-hidden="true" />
                <span className="id">{request.order_id}</span> {t(`common.command.${request.command}`)}
                <b className="cut">{request.sentence}</b>
              </PageLink>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Tick({ state }: { state: Sent }) {
  const t = useT();
  const { icon: Icon, tone } = TICK[state];
  const word = t(`inbox.state.${state}`);
  return (
    <span className="tick" data-s={tone} title={word}>
      <Icon className="i" aria-hidden="true" />
      <span className={state === "sent" ? "vh" : undefined}>{word}</span>
    </span>
  );
}

/** Did not arrive, or nobody knows: said in words, never only by a sign. */
function Trouble({ state, error }: { state: Sent; error: string | null }) {
  const t = useT();
  const { icon: Icon, tone } = TICK[state];
  return (
    <p className="trouble" data-s={tone}>
      <Icon className="i s" aria-hidden="true" />
      <span>
        {t(`inbox.state.${state}`)}
        {error && `: ${error}`}
      </span>
    </p>
  );
}

/** An answer that the server has not taken yet. */
export function OutgoingBubble(props: { item: Outgoing; onAgain: () => void; onDrop: () => void }) {
  const t = useT();
  const { item } = props;
  return (
    <div className="bub out" data-by="person" role={item.error ? "alert" : undefined}>
      <span className="whitespace-pre-wrap">{item.text}</span>
      <div className="meta">
        {t("inbox.you")} · <Time at={item.at} as="time" />
        {!item.error && <Tick state="queued" />}
      </div>
      {item.error && (
        <>
          <Trouble state="refused" error={item.error} />
          <div className="row">
            <Button onClick={props.onAgain}>{t("inbox.send_again")}</Button>
            <Button bare onClick={props.onDrop}>
              {t("inbox.drop")}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
