// The board: cords side by side, a column per order up to five, above that a column per outcome. A cord ends where the
// decision fell; dashed: only an answer goes out. On the phone a Fold per column replaces it.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { TONE_ICON, type Tone } from "./State";

export interface BoardCell {
  tone: Tone;
  /** Instead of the tone's own sign; the tone still colours it. */
  icon?: LucideIcon;
  /** Without one the cord only passes. */
  title?: ReactNode;
  detail?: ReactNode;
  /** Only an answer goes on from here. */
  thin?: boolean;
}
export interface BoardRow {
  key: string;
  label: ReactNode;
  /** Stands once per step, not per order. */
  time?: ReactNode;
  /** One per column; null where the cord has ended. */
  cells: (BoardCell | null)[];
}

export function Board(props: {
  label: string;
  columns: { key: string; head: ReactNode }[];
  rows: BoardRow[];
  stepHead: string;
  timeHead: string;
}) {
  return (
    <table className="board" aria-label={props.label}>
      <colgroup>
        <col className="w-22" />
        {props.columns.map((column) => (
          <col key={column.key} />
        ))}
        <col className="w-18" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <span className="vh">{props.stepHead}</span>
          </th>
          {props.columns.map((column) => (
            <th key={column.key} scope="col">
              {column.head}
            </th>
          ))}
          <th scope="col">
            <span className="vh">{props.timeHead}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{row.label}</th>
            {row.cells.map((cell, index) => {
              const column = props.columns[index];
              if (!column) return null;
              if (!cell) return <td key={column.key} className="ms" />;
              const Icon = cell.icon ?? TONE_ICON[cell.tone];
              return (
                <td key={column.key} data-s={cell.tone} className={cell.thin ? "thin" : undefined}>
                  {cell.title !== undefined && (
                    <>
                      <Icon className="i" aria-hidden="true" />
                      <b>{cell.title}</b>
                      {cell.detail}
                    </>
                  )}
                </td>
              );
            })}
            <td className="ms">{row.time}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
