// Messages with the answers that are expected: one press shows what a change of texts or settings has touched.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Play, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { CustomerRef, Example, ExampleResult, Id } from "../../api/contract";
import { keys } from "../../api/keys";
import { useT } from "../../i18n";
import { useTenant } from "../../lib/session";
import {
  Button,
  Empty,
  Fold,
  Loaded,
  Refusal,
  Sec,
  SkeletonLines,
  State,
  Time,
  toast,
  useProblemText,
} from "../../ui";
import { addExample, examplesQuery, removeExample, runExamples } from "./queries";
import { diffWords } from "./words-diff";

export function Examples(props: {
  onPlay: (text: string, customer: CustomerRef | null, kind: "direct" | "group") => void;
}) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const client = useQueryClient();
  const query = useQuery(examplesQuery(tenant));
  const key = examplesQuery(tenant).queryKey;
  const [results, setResults] = useState<ReadonlyMap<Id, ExampleResult>>(new Map());
  const settle = () => client.invalidateQueries({ queryKey: keys.tenant(tenant, "test-room", "examples") });

  const run = useMutation({
    mutationFn: (ids: Id[] | undefined) => runExamples(tenant, ids),
    onSuccess: (found) =>
      setResults((now) => new Map([...now, ...found.map((each) => [each.id, each] as const)])),
    onSettled: settle,
  });
  const add = useMutation({
    mutationFn: ({ customer, name, text, kind, expect_replies }: Example) =>
      addExample(tenant, { name, text, kind, expect_replies, customer: customer?.id ?? null }),
    onError: (error) => toast(text(error)),
    onSettled: settle,
  });
  const remove = useMutation({
    mutationFn: (example: Example) => removeExample(tenant, example.id),
    onMutate: async (example) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData(key, (list) => list?.filter((each) => each.id !== example.id));
    },
    onSuccess: (_nothing, example) =>
      toast(t("room.removed", { name: example.name }), () => add.mutate(example)),
    onError: (error) => toast(text(error)),
    onSettled: settle,
  });

  return (
    <Loaded query={query} skeleton={<SkeletonLines label={t("common.loading")} />}>
      {(examples) => {
        if (examples.length === 0) {
          return (
            <Empty icon={Bookmark} title={t("room.no_examples")}>
              {t("room.no_examples_text")}
            </Empty>
          );
        }
        const tried = examples.filter((each) => each.last);
        const passed = tried.filter((each) => each.last?.passed).length;
        const busyAll = run.isPending && run.variables === undefined;
        return (
          <Sec
            className="examples"
            title={t("room.examples_count", { count: examples.length })}
            about={tried.length > 0 && t("room.pass", { passed, all: tried.length })}
            end={
              <Button icon={RefreshCw} busy={busyAll} onClick={() => run.mutate(undefined)}>
                {busyAll ? t("room.running", { count: examples.length }) : t("room.run_all")}
              </Button>
            }
          >
            <Refusal error={run.error} />
            <div aria-live="polite">
              {examples.map((example) => (
                <Row
                  key={example.id}
                  example={example}
                  result={results.get(example.id)}
                  busy={run.isPending && (busyAll || run.variables?.includes(example.id) === true)}
                  onRun={() => run.mutate([example.id])}
                  onPlay={() => props.onPlay(example.text, example.customer, example.kind)}
                  onRemove={() => remove.mutate(example)}
                />
              ))}
            </div>
          </Sec>
        );
      }}
    </Loaded>
  );
}

function Row(props: {
  example: Example;
  result: ExampleResult | undefined;
  busy: boolean;
  onRun: () => void;
  onPlay: () => void;
  onRemove: () => void;
}) {
  const t = useT();
  const { example, result } = props;
  const { last } = example;
  const who = example.customer?.name ?? t("room.stranger");
  return (
    <Fold
      open={result?.passed === false}
      summary={<b>{example.name}</b>}
      state={
        props.busy ? (
          <State tone="sent">{t("room.is_running")}</State>
        ) : last === null ? (
          <State tone="off">{t("room.never_run")}</State>
        ) : last.passed ? (
          <State tone="done">{t("room.passes")}</State>
        ) : (
          <State tone="failed">{t("room.differs")}</State>
        )
      }
      about={
        <>
          {example.kind === "group" ? t("room.who_in_group", { name: who }) : who}
          {last && (
            <>
              {" · "}
              <Time at={last.at} />
            </>
          )}
        </>
      }
    >
      <div className="stack example">
        <blockquote className="quote">{example.text}</blockquote>
        <Answers expected={example.expect_replies} got={result?.got} />
        <div className="row">
          <Button icon={Play} onClick={props.onPlay}>
            {t("room.play")}
          </Button>
          <Button bare icon={RefreshCw} busy={props.busy} onClick={props.onRun}>
            {t("room.run")}
          </Button>
          <Button bare icon={Trash2} onClick={props.onRemove}>
            {t("room.remove")}
          </Button>
        </div>
      </div>
    </Fold>
  );
}

function Answers({ expected, got }: { expected: string[]; got: string[] | undefined }) {
  const t = useT();
  const same =
    got === undefined || (got.length === expected.length && got.every((reply, at) => reply === expected[at]));
  if (same) {
    return (
      <>
        <p className="lab">
          {expected.length === 0 ? t("room.expect_none") : t("room.expect", { count: expected.length })}
        </p>
        {expected.map((reply, at) => (
          <blockquote key={at} className="quote">
            {reply}
          </blockquote>
        ))}
      </>
    );
  }
  const rows = Array.from({ length: Math.max(expected.length, got.length) }, (_, at) => at);
  return (
    <>
      <p className="lab">{t("room.changed")}</p>
      {rows.map((at) => (
        <blockquote key={at} className="quote">
          <Changed before={expected[at] ?? ""} after={got[at] ?? ""} />
        </blockquote>
      ))}
    </>
  );
}

function Changed({ before, after }: { before: string; after: string }) {
  const t = useT();
  const word = { gone: t("room.expected_word"), new: t("room.got_word") };
  return diffWords(before, after).map((piece, at) => {
    if (piece.kind === "same") return <span key={at}>{piece.text}</span>;
    const Tag = piece.kind === "gone" ? "del" : "ins";
    return (
      <Tag key={at}>
        <span className="vh"> {word[piece.kind]} </span>
        {piece.text}
      </Tag>
    );
  });
}
