// One text: written, tried on an order while one types, kept or thrown away. Nothing is lost by walking off.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { Pencil, RotateCcw } from "lucide-react";
import { useRef, useState } from "react";
import { api } from "../../api/client";
import type { ReplyText } from "../../api/contract";
import { keys } from "../../api/keys";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useDebounced } from "../../lib/hooks";
import { insertAtCursor } from "../../lib/insert";
import { useSession, useTenant } from "../../lib/session";
import { Button, Dialog, Field, Fold, Sec, SidePanel, State, toast, useProblemText } from "../../ui";
import { PreviewOn } from "./PreviewOn";
import { type Language, type OnOrder, previewQuery } from "./queries";
import { pieceOf } from "./texts";

const MAX = 4000;

interface Change {
  key: string;
  lang: Language;
  /** null: back to our words. */
  text: string | null;
  before: { text: string; changed: boolean };
  back?: boolean;
}

function useKeep() {
  const t = useT();
  const problem = useProblemText();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: ({ key, lang, text }: Change) => {
      const path = `/tenants/${tenant}/replies/${encodeURIComponent(key)}`;
      return text === null ? api.delete<ReplyText>(path, { lang }) : api.put<ReplyText>(path, { lang, text });
    },
    onSuccess: (saved, { key, lang, text, before, back }) => {
      client.setQueryData<ReplyText[]>(keys.tenant(tenant, "replies", "list", lang), (texts) =>
        texts?.map((each) => (each.key === key ? saved : each)),
      );
      if (back) return;
      toast(t(text === null ? "replies.reset_done" : "replies.saved", { title: saved.title }), () =>
        keep.mutate(
          {
            key,
            lang,
            text: before.changed ? before.text : null,
            before: { text: saved.text, changed: saved.changed },
            back: true,
          },
          { onError: (error) => toast(problem(error)) },
        ),
      );
    },
  });
  return keep;
}

export function ReplyPanel({
  reply,
  lang,
  onClose,
}: {
  reply: ReplyText;
  lang: Language;
  onClose: () => void;
}) {
  const t = useT();
  const problem = useProblemText();
  const { tenant } = useTenant();
  const { can } = useSession();
  const may = can("replies.manage");
  const field = useRef<HTMLTextAreaElement>(null);
  /** null: nothing was typed, the text is what counts now. */
  const [draft, setDraft] = useState<string | null>(null);
  const [order, setOrder] = useState<OnOrder | null>(null);
  const keep = useKeep();
  const text = draft ?? reply.text;
  const dirty = text !== reply.text;
  const tried = useDebounced(text, 350);
  const preview = useQuery(previewQuery(tenant, { key: reply.key, lang, text: tried, order }));
  const settled = tried === text && !preview.isPlaceholderData;
  // What the text itself does not allow; that a panel does not answer is no fault of the text.
  const broken = preview.data && preview.data.text === "" ? (preview.data.problems[0] ?? "") : undefined;
  const refused = keep.isError ? (fieldErrors(keep.error).text?.message ?? problem(keep.error)) : undefined;
  const before = { text: reply.text, changed: reply.changed };

  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => {
      const at = (location: { search: unknown }) => location.search as { open?: string; lang?: string };
      return (
        dirty &&
        (current.pathname !== next.pathname ||
          at(current).open !== at(next).open ||
          at(current).lang !== at(next).lang)
      );
    },
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });

  const save = (then?: () => void) => {
    if (!may || !dirty || keep.isPending) return;
    const kept = () => {
      setDraft(null);
      then?.();
    };
    keep.mutate({ key: reply.key, lang, text, before }, { onSuccess: kept });
  };
  const why = !may
    ? t("replies.role_why")
    : !dirty
      ? t("replies.same_why")
      : text.trim() === ""
        ? t("replies.empty_why")
        : broken !== undefined && settled
          ? t("replies.broken_why")
          : undefined;

  return (
    <SidePanel
      label={t("replies.panel.label", { title: reply.title })}
      title={reply.title}
      onClose={onClose}
      actions={
        reply.changed && (
          <State tone="sent" icon={Pencil} box>
            {t("replies.yours")}
          </State>
        )
      }
      footer={
        <>
          <Button go busy={keep.isPending} why={why} whyHidden onClick={() => save()}>
            {t("common.save")}
          </Button>
          {dirty && (
            <Button bare onClick={() => setDraft(null)}>
              {t("replies.discard")}
            </Button>
          )}
          {may && (reply.changed || text !== reply.default_text) && (
            <Button
              bare
              className="end"
              icon={RotateCcw}
              busy={keep.isPending}
              onClick={() => {
                setDraft(null);
                if (reply.changed) keep.mutate({ key: reply.key, lang, text: null, before });
              }}
            >
              {t("replies.reset")}
            </Button>
          )}
        </>
      }
    >
      <p className="two">{reply.when}</p>
      <div className="stack">
        <Field
          label={t(lang === "ne" ? "replies.text_ne" : "replies.text_en")}
          error={refused ?? (dirty ? broken : undefined)}
          hint={dirty ? t("replies.unsaved") : may ? t("replies.text_hint") : t("replies.role_why")}
          aside={
            text.length > MAX * 0.8 && (
              <span className="mut sm">{t("replies.length", { count: text.length, max: MAX })}</span>
            )
          }
        >
          {(control) => (
            <textarea
              {...control}
              ref={field}
              rows={5}
              lang={lang}
              dir="auto"
              maxLength={MAX}
              readOnly={!may}
              value={text}
              onChange={(event) => {
                setDraft(event.target.value);
                if (keep.isError) keep.reset();
              }}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                if (!why) save();
              }}
            />
          )}
        </Field>
        {may && reply.variables.length > 0 && (
          <div className="chips" role="group" aria-label={t("replies.variables")}>
            {reply.variables.map((variable) => (
              <button
                key={variable.name}
                type="button"
                className="chip mono"
                title={variable.meaning}
                aria-label={t("replies.insert", { name: variable.name })}
                onClick={() => field.current && setDraft(insertAtCursor(field.current, pieceOf(variable)))}
              >
                {`{${variable.name}}`}
              </button>
            ))}
          </div>
        )}
      </div>
      <PreviewOn
        lang={lang}
        order={order}
        onOrder={setOrder}
        preview={preview}
        waits={!settled || preview.isFetching}
      />
      {reply.variables.length > 0 && (
        <Sec level={3} title={t("replies.meanings")}>
          <dl className="vars-list">
            {reply.variables.map((variable) => (
              <div key={variable.name} className="contents">
                <dt className="mono">{`{${variable.name}}`}</dt>
                <dd>
                  {variable.meaning}
                  {variable.name !== "ORDERS" && (
                    <span className="mut"> · {t("replies.sample", { sample: variable.sample })}</span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </Sec>
      )}
      {reply.changed && (
        <Fold summary={t("replies.ours")}>
          <blockquote className="quote" lang={lang}>
            <bdi>{reply.default_text}</bdi>
          </blockquote>
        </Fold>
      )}
      {blocker.status === "blocked" && (
        <Dialog
          title={t("replies.leave_title")}
          onClose={blocker.reset}
          footer={
            <>
              <Button onClick={blocker.reset}>{t("replies.leave_stay")}</Button>
              <Button danger onClick={blocker.proceed}>
                {t("replies.leave_discard")}
              </Button>
              {!why && (
                <Button go busy={keep.isPending} onClick={() => save(blocker.proceed)}>
                  {t("replies.leave_save")}
                </Button>
              )}
            </>
          }
        >
          <p>{t("replies.leave_text", { title: reply.title })}</p>
          {refused && <p className="hint err">{refused}</p>}
        </Dialog>
      )}
    </SidePanel>
  );
}
