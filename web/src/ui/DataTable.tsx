// One line per row on the desk, two on the phone. Rows keep their role when they become flex boxes. `j`/`k` walk,
// Enter opens, `x` picks; a press anywhere on a row opens it.
import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type MouseEvent, type ReactNode, useRef } from "react";
import { useT } from "../i18n";
import { useHotkeys } from "../lib/hooks";
import { merge } from "../lib/search";

export interface Column<Row> {
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Place on the phone: 1 what, 1e state at the far edge, 2 who, 2e time or sum, no = only in the detail. */
  at: "1" | "1e" | "2" | "2e" | "no";
  /** Dropped first (1) to last (3) when the table is narrow. */
  lo?: 1 | 2 | 3;
  num?: boolean;
  className?: string;
  sorted?: "descending" | "ascending";
  title?: (row: Row) => string;
}

export interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** The open row. */
  current?: string | null | undefined;
  /** Called by j/k while a row is open; without it j/k move the focus over the rows' links. */
  onOpen?: (row: Row) => void;
  selection?:
    | {
        keys: ReadonlySet<string>;
        onToggle: (row: Row) => void;
        onToggleAll: () => void;
        label: (row: Row) => string;
        allLabel: string;
      }
    | undefined;
  foot?: ReactNode;
  className?: string;
  flush?: boolean;
  /** Height of what is stuck above the head; 0 inside a section. */
  headOffset?: string;
  hotkeys?: boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, columns, selection, rowKey } = props;
  const body = useRef<HTMLTableSectionElement>(null);

  const step = (by: 1 | -1) => {
    if (props.current && props.onOpen) {
      const at = rows.findIndex((row) => rowKey(row) === props.current);
      const next = rows[at === -1 ? 0 : at + by];
      if (!next) return;
      props.onOpen(next);
      const row = rowElement(body.current, rowKey(next));
      row?.scrollIntoView({ block: "nearest" });
      row?.querySelector<HTMLElement>("a.cell")?.focus({ preventScroll: true });
      return;
    }
    const links = [...(body.current?.querySelectorAll<HTMLElement>("a.cell") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by]?.focus();
  };
  const pick = () => {
    const focused = document.activeElement?.closest("tr")?.getAttribute("data-key") ?? props.current;
    const row = rows.find((each) => rowKey(each) === focused);
    if (row) selection?.onToggle(row);
  };
  useHotkeys(props.hotkeys ? { j: () => step(1), k: () => step(-1), x: pick } : {});

  const all =
    selection !== undefined && rows.length > 0 && rows.every((row) => selection.keys.has(rowKey(row)));
  return (
    <table
      role="table"
      className={["t two-line", props.flush && "flush", props.className].filter(Boolean).join(" ")}
      style={
        props.headOffset !== undefined ? ({ "--head": props.headOffset } as React.CSSProperties) : undefined
      }
      aria-label={props.label}
    >
      <thead role="rowgroup">
        <tr role="row">
          {selection && (
            <th role="columnheader" className="pickh">
              <label className="pick">
                <input
                  type="checkbox"
                  aria-label={selection.allLabel}
                  checked={all}
                  onChange={selection.onToggleAll}
                />
              </label>
            </th>
          )}
          {columns.map((column) => (
            <th
              key={column.id}
              role="columnheader"
              className={
                column.num ? "num" : column.className?.includes("wide-cell") ? "wide-cell" : undefined
              }
              data-lo={column.lo}
              aria-sort={column.sorted}
            >
              {column.sorted ? (
                <span className="sorted">
                  {column.head}
                  {column.sorted === "ascending" ? (
                    <ArrowUp className="i s" aria-hidden="true" />
                  ) : (
                    <ArrowDown className="i s" aria-hidden="true" />
                  )}
                </span>
              ) : (
                column.head
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body}>
        {rows.map((row) => {
          const key = rowKey(row);
          const open = props.current === key;
          return (
            // The link inside the row is what keyboards and screen readers use; the row only widens its target.
            <tr
              key={key}
              role="row"
              data-key={key}
              aria-current={open || undefined}
              aria-selected={selection ? selection.keys.has(key) : undefined}
              onClick={openFromRow}
            >
              {selection && (
                <td role="cell" className="pickc">
                  <label className="pick">
                    <input
                      type="checkbox"
                      aria-label={selection.label(row)}
                      checked={selection.keys.has(key)}
                      onChange={() => selection.onToggle(row)}
                    />
                  </label>
                </td>
              )}
              {columns.map((column) => (
                <td
                  key={column.id}
                  role="cell"
                  className={[column.num && "num", column.className].filter(Boolean).join(" ") || undefined}
                  data-at={column.at}
                  data-lo={column.lo}
                  title={column.title?.(row)}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
      {props.foot && <tfoot role="rowgroup">{props.foot}</tfoot>}
    </table>
  );
}

function rowElement(body: HTMLElement | null, key: string): HTMLElement | null {
  return body?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
}

function openFromRow(event: MouseEvent<HTMLTableRowElement>) {
  const target = event.target as HTMLElement;
  if (target.closest("a, button, input, label, select, summary")) return;
  if (window.getSelection()?.toString()) return;
  event.currentTarget.querySelector<HTMLElement>("a.cell")?.click();
}

/** “50 shown · next 50”: seek pages are links to the same address with another `after`, so Back goes to the page before. */
export function PageFoot(props: {
  columns: number;
  shown: number;
  size: number;
  /** This is not the first page. */
  later: boolean;
  /** Where the next page begins. */
  next: string | null;
  /** Sorted by a name rather than by time. */
  byName?: boolean;
  /** The list is a part of its page: turning over does not scroll to the top. */
  stay?: boolean;
  end?: ReactNode;
}) {
  const t = useT();
  const turn = (after: string | undefined, words: string) => (
    <Link to="." search={(before: object) => merge(before, { after })} resetScroll={!props.stay}>
      {words}
    </Link>
  );
  return (
    <tr role="row">
      <td role="cell" data-at="1" colSpan={props.columns - (props.end === undefined ? 0 : 1)}>
        {t("common.shown", { count: props.shown })}
        {props.later && (
          <>
            {" · "}
            {turn(undefined, t(props.byName ? "common.first_of_names" : "common.first_page"))}
          </>
        )}
        {props.next && (
          <>
            {" · "}
            {turn(props.next, t("common.next_page", { count: props.size }))}
          </>
        )}
      </td>
      {props.end !== undefined && (
        <td role="cell" className="num" data-at="1e">
          {props.end}
        </td>
      )}
    </tr>
  );
}
