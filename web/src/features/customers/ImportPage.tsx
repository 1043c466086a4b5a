// A list of customers from a file. First what it would do, in full; nothing is saved before that was seen.
import { useMutation } from "@tanstack/react-query";
import { ArrowLeft, History, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { api, newKey } from "../../api/client";
import type { ImportDone, ImportPreview } from "../../api/contract";
import { fieldErrors, isApiError } from "../../api/problem";
import { type MessageId, useT } from "../../i18n";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { useTitle } from "../../lib/title";
import { Button, ButtonLink, Empty, Note, SkeletonLines, useProblemText } from "../../ui";
import "../../styles/people.css";
import { ChooseFile } from "./ChooseFile";
import { DryRun } from "./DryRun";
import { countsOf, readFile } from "./import";
import { useRefreshCustomers } from "./linking";
import type { Shown } from "./search";

interface Chosen {
  name: string;
  csv: string;
}

export function ImportPage({ show }: { show: Shown | undefined }) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const { can } = useSession();
  const refresh = useRefreshCustomers();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [refused, setRefused] = useState<MessageId | null>(null);
  const [stale, setStale] = useState(false);
  const [done, setDone] = useState<ImportDone | null>(null);
  // A newer file wins over one that is still being read.
  const turn = useRef(0);

  const look = useMutation({
    mutationFn: (file: Chosen) =>
      api.post<ImportPreview>(`/tenants/${tenant}/customers/import/preview`, { csv: file.csv }),
  });
  const save = useMutation({
    mutationFn: ({ file, digest, key }: { file: Chosen; digest: string; key: string }) =>
      api.post<ImportDone>(
        `/tenants/${tenant}/customers/import`,
        { csv: file.csv, digest },
        { idempotencyKey: key },
      ),
    onSuccess: (result) => {
      setDone(result);
      void refresh();
    },
    onError: (error, { file }) => {
      if (!isApiError(error) || error.code !== "changed") return;
      setStale(true);
      look.mutate(file);
    },
  });

  const choose = async (file: File) => {
    turn.current += 1;
    const mine = turn.current;
    setRefused(null);
    setStale(false);
    setDone(null);
    setChosen(null);
    look.reset();
    save.reset();
    const read = await readFile(file);
    if (mine !== turn.current) return;
    if (!read.ok) {
      setRefused(read.why);
      return;
    }
    const next = { name: file.name, csv: read.text };
    setChosen(next);
    look.mutate(next);
  };
  const again = () => {
    turn.current += 1;
    setChosen(null);
    setRefused(null);
    setDone(null);
    look.reset();
    save.reset();
  };

  const preview = look.data;
  const fileError = look.isError
    ? isApiError(look.error) && look.error.status === 413
      ? t("customers.import.too_large")
      : (fieldErrors(look.error).csv?.message ?? text(look.error))
    : refused
      ? t(refused)
      : undefined;
  const counts = preview && countsOf(preview);
  const would = counts ? counts.add + counts.change : 0;

  if (!can("customers.manage")) {
    return (
      <>
        <Head title={t("customers.import.title")} />
        <Empty icon={Upload} title={t("common.forbidden.title")}>
          {t("customers.role_why")}
        </Empty>
      </>
    );
  }
  if (done) {
    return (
      <>
        <Head title={t("customers.import.title")} />
        <div className="page">
          <Note tone="done" live>
            <div className="stack">
              <p>
                <b>{t("customers.import.done", { count: done.added + done.changed })}</b>{" "}
                {t("customers.import.done_rest", { same: done.same, left: done.rejected })}
              </p>
              <div className="row">
                <ButtonLink to="/customers" search={{}}>
                  {t("customers.import.see")}
                </ButtonLink>
                <Button onClick={again}>{t("customers.import.other")}</Button>
              </div>
            </div>
          </Note>
        </div>
      </>
    );
  }
  if (chosen && preview && !look.isPending) {
    return (
      <>
        <Head
          title={t("customers.import.dry")}
          about={
            <>
              <bdi>{chosen.name}</bdi> · {t("customers.import.nothing_saved")}
            </>
          }
        >
          <Button className="wide" onClick={again}>
            {t("customers.import.other")}
          </Button>
          <Button
            go
            busy={save.isPending}
            why={would === 0 ? t("customers.import.nothing_why") : undefined}
            whyHidden
            onClick={() => save.mutate({ file: chosen, digest: preview.digest, key: newKey() })}
          >
            {would === 0 ? t("customers.import.save_none") : t("customers.import.save", { count: would })}
          </Button>
        </Head>
        <div className="page">
          <div className="stack notes">
            {would === 0 && <Note>{t("customers.import.nothing_why")}</Note>}
            {stale && (
              <Note tone="person" icon={History} live>
                <p>{t("customers.import.stale")}</p>
              </Note>
            )}
            {save.isError && !(isApiError(save.error) && save.error.code === "changed") && (
              <Note tone="failed" live>
                <p>{text(save.error)}</p>
              </Note>
            )}
          </div>
          <DryRun preview={preview} show={show} onOther={again} />
        </div>
      </>
    );
  }
  return (
    <>
      <Head title={t("customers.import.title")} about={t("customers.import.about")} />
      <div className="page">
        {chosen && look.isPending ? (
          <Reading name={chosen.name} bytes={chosen.csv.length} />
        ) : (
          <ChooseFile error={fileError} onFile={(file) => void choose(file)} />
        )}
      </div>
    </>
  );
}

function Reading({ name, bytes }: { name: string; bytes: number }) {
  const t = useT();
  const format = useFormat();
  return (
    <div className="stack" role="status">
      <p>{t("customers.import.comparing", { name, size: format.number(Math.ceil(bytes / 1024)) })}</p>
      <SkeletonLines label={t("customers.import.comparing_short")} lines={6} />
    </div>
  );
}

function Head(props: { title: string; about?: React.ReactNode; children?: React.ReactNode }) {
  const t = useT();
  useTitle(props.title);
  return (
    <header className="top">
      <ButtonLink bare icon={ArrowLeft} label={t("customers.import.back")} to="/customers" search={{}} />
      <h1>{props.title}</h1>
      {props.about && <p>{props.about}</p>}
      <div className="acts">{props.children}</div>
    </header>
  );
}
