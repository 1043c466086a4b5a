import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api, newKey } from "../../api/client";
import type { ChannelCard } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors, isApiError } from "../../api/problem";
import { T, useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import { Button, Dialog, Field, Note, useProblemText } from "../../ui";
import { PrivacySteps } from "./PrivacySteps";

/** A new bot, or a new token for one that is there. The token stays only in this form. */
export function TokenDialog({
  channel,
  first,
  onClose,
}: {
  channel: ChannelCard | null;
  /** The shop has no channel yet: a name stands there already. */
  first: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const text = useProblemText();
  const form = useId();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const [name, setName] = useState(first ? t("channels.name_first") : "");
  const [token, setToken] = useState("");
  const [missed, setMissed] = useState(false);
  const connect = useMutation({
    mutationFn: () =>
      channel
        ? api.post<ChannelCard>(`/tenants/${tenant}/channels/${channel.id}/token`, { token: token.trim() })
        : api.post<ChannelCard>(
            `/tenants/${tenant}/channels/telegram-bots`,
            { name: name.trim(), token: token.trim() },
            { idempotencyKey: newKey() },
          ),
    onSuccess: () => {
      setToken("");
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "channels") });
      void client.invalidateQueries({ queryKey: keys.tenant(tenant, "home") });
    },
  });
  const errors = fieldErrors(connect.error);
  // A bot of another shop is about the token too: the sentence stands where the token is.
  const taken = isApiError(connect.error) && connect.error.code === "channel-taken";
  const tokenError =
    missed && token.trim() === ""
      ? t("channels.token_missing")
      : taken
        ? t("channels.taken")
        : errors.token?.message;
  const nameError = missed && name.trim() === "" ? t("channels.name_missing") : errors.name?.message;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (connect.isPending) return;
    setMissed(true);
    if (token.trim() !== "" && (channel || name.trim() !== "")) connect.mutate();
  };
  if (connect.data) return <Connected card={connect.data} again={channel !== null} onClose={onClose} />;
  return (
    <Dialog
      title={channel ? t("channels.new_token", { name: channel.name }) : t("channels.connect")}
      className="wide-dlg"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button go type="submit" form={form} busy={connect.isPending}>
            {connect.isPending
              ? t("channels.asking")
              : channel
                ? t("channels.save_token")
                : t("channels.connect_act")}
          </Button>
        </>
      }
    >
      <BotFatherSteps channel={channel} />
      <form id={form} className="stack gap-4" onSubmit={submit} noValidate>
        <Field label={t("channels.token")} hint={t("channels.token_hint")} error={tokenError}>
          {(control) => (
            <input
              {...control}
              className="input mono"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder="123456789:AA…"
              value={token}
              onChange={(event) => {
                setToken(event.target.value);
                if (connect.isError) connect.reset();
              }}
            />
          )}
        </Field>
        {!channel && (
          <Field label={t("channels.name")} hint={t("channels.name_hint")} error={nameError}>
            {(control) => (
              <input
                {...control}
                value={name}
                maxLength={60}
                autoComplete="off"
                onChange={(event) => {
                  setName(event.target.value);
                  if (connect.isError) connect.reset();
                }}
              />
            )}
          </Field>
        )}
      </form>
      {connect.isError && !taken && Object.keys(errors).length === 0 && (
        <Note tone="failed" live>
          <p>{text(connect.error)}</p>
        </Note>
      )}
    </Dialog>
  );
}

function BotFatherSteps({ channel }: { channel: ChannelCard | null }) {
  const t = useT();
  const parts = {
    0: <a href="https://t.me/BotFather" target="_blank" rel="noreferrer" />,
    1: <code />,
    2: <b />,
  };
  return (
    <ol className="steps">
      <li>
        <p>
          <T id="channels.how.open" parts={parts} />
        </p>
      </li>
      {channel ? (
        <li>
          <p>
            <T id="channels.how.again" values={{ bot: channel.username }} parts={parts} />
          </p>
        </li>
      ) : (
        <li>
          <div className="stack gap-1">
            <p>
              <T id="channels.how.new" parts={parts} />
            </p>
            <p className="hint">
              <T id="channels.how.have" parts={parts} />
            </p>
          </div>
        </li>
      )}
      <li>
        <p>{t("channels.how.paste")}</p>
      </li>
    </ol>
  );
}

/** What is true now, and the one thing that is left: a bot that cannot read groups is best mended before it joins one. */
function Connected({ card, again, onClose }: { card: ChannelCard; again: boolean; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog
      title={again ? t("channels.token_saved") : t("channels.connected", { name: card.name })}
      onClose={onClose}
      footer={
        <Button go onClick={onClose}>
          {t("channels.done")}
        </Button>
      }
    >
      <Note tone="done" live>
        <p>
          <T
            id="channels.connected_text"
            values={{ bot: card.username }}
            parts={{
              0: (
                <a className="ltr" href={`https://t.me/${card.username}`} target="_blank" rel="noreferrer" />
              ),
            }}
          />
        </p>
      </Note>
      {card.privacy_warning && (
        <Note tone="person">
          <p>
            <b>{t("channels.privacy")}</b> {t("channels.privacy_text")}
          </p>
          <PrivacySteps username={card.username} />
        </Note>
      )}
    </Dialog>
  );
}
