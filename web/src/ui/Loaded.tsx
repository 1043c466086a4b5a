// What stands where data is not (yet): a skeleton in its shape, or a sentence that says what happened and what to do.
import type { UseQueryResult } from "@tanstack/react-query";
import { History, Lock, OctagonX, SearchX, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { isApiError } from "../api/problem";
import { useT } from "../i18n";
import { Button } from "./Button";
import { Empty } from "./bits";
import { Note } from "./Note";
import { useProblemText } from "./problem-text";

/** Data, skeleton or refusal. Data once shown stays when a later refetch fails; the quiet bar tells the rest. */
export function Loaded<D>(props: {
  query: UseQueryResult<D>;
  skeleton: ReactNode;
  children: (data: D) => ReactNode;
  small?: boolean;
}) {
  const { query } = props;
  if (query.data !== undefined) return <>{props.children(query.data)}</>;
  if (query.isError)
    return <Refused error={query.error} onRetry={() => void query.refetch()} small={props.small ?? false} />;
  return <>{props.skeleton}</>;
}

export function Refused(props: { error: unknown; onRetry?: () => void; small?: boolean }) {
  const t = useT();
  const text = useProblemText();
  const { error } = props;
  const retry = props.onRetry && <Button onClick={props.onRetry}>{t("common.load_again")}</Button>;
  if (props.small) {
    return (
      <Note icon={History}>
        <p>
          {text(error)}{" "}
          {props.onRetry && (
            <Button bare onClick={props.onRetry}>
              {t("common.load_again")}
            </Button>
          )}
        </p>
      </Note>
    );
  }
  if (isApiError(error) && error.status === 403 && error.code !== "forbidden") {
    // Suspended, closed, only from another place: the code says which.
    return <Empty icon={Lock} title={text(error)} />;
  }
  if (isApiError(error) && error.status === 403) {
    return (
      <Empty icon={Lock} title={t("common.forbidden.title")}>
        {t("common.forbidden.text")}
      </Empty>
    );
  }
  if (isApiError(error) && error.status === 404) {
    return (
      <Empty icon={SearchX} title={t("common.not_found.title")}>
        {t("common.not_found.text")}
      </Empty>
    );
  }
  if (isApiError(error) && error.status === 0) {
    return (
      <Empty icon={WifiOff} title={t("common.offline.title")} action={retry}>
        {t("common.offline.text")}
      </Empty>
    );
  }
  return (
    <Empty icon={OctagonX} title={t("common.failed.title")} action={retry}>
      {text(error)}
    </Empty>
  );
}

/** A table's shape; appears only after 200 ms, by its class. */
export function SkeletonRows(props: { rows?: number; widths?: number[]; label: string }) {
  const widths = props.widths ?? [36, 88, 76, 112, 24];
  return (
    <div className="late" aria-busy="true">
      <p className="vh" role="status">
        {props.label}
      </p>
      <div aria-hidden="true">
        {Array.from({ length: props.rows ?? 8 }, (_, row) => (
          <div key={row} className="sk-row">
            {widths.map((width, column) => (
              <span
                key={column}
                className="sk"
                style={{ inlineSize: `${width + ((row * 7 + column * 5) % 4) * 9}px` }}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

export function SkeletonLines(props: { lines?: number; label: string }) {
  return (
    <div className="stack late" aria-busy="true">
      <p className="vh" role="status">
        {props.label}
      </p>
      {Array.from({ length: props.lines ?? 4 }, (_, line) => (
        <span
          key={line}
          className="sk"
          aria-hidden="true"
          style={{ inlineSize: `${88 - ((line * 17) % 40)}%` }}
        />
      ))}
    </div>
  );
}
