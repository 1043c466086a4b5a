// Helpers of the handlers. Scenario: localStorage "mock" = full (default) | new | setup | empty | many, comma separated.
import { HttpResponse, type JsonBodyType } from "msw";
import type { Page, Problem } from "../src/api/contract";

export const T = "/api/v1/tenants/:tenant";
export const TENANT = "0190aaaa-0000-7000-8000-000000000001";

export function scenario(name: string): boolean {
  return (localStorage.getItem("mock") ?? "full").split(",").includes(name);
}

export const json = (body: unknown, status = 200) => HttpResponse.json(body as JsonBodyType, { status });
export const none = () => new HttpResponse(null, { status: 204 });

export function problem(status: number, code: string, more: Partial<Problem> = {}) {
  return HttpResponse.json({ type: `/errors#${code}`, code, title: code, status, ...more } as JsonBodyType, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

/** A seek page over a plain list; the cursor is the place. */
export function page<R>(rows: R[], url: URL, size = 50): Page<R> {
  const limit = Number(url.searchParams.get("limit") ?? size);
  const from = Number(url.searchParams.get("after") ?? 0);
  const items = rows.slice(from, from + limit);
  return { items, next: from + limit < rows.length ? String(from + limit) : null };
}

export const id = (kind: number, n: number) =>
  `0190${kind.toString(16).padStart(4, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

/** Minutes before now, as the API writes it. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
export const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
