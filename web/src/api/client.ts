// The only place that speaks HTTP. Same-origin cookies, problems as ApiError, one idempotency key per intent of a person.
import type { Problem } from "./contract";
import { ApiError, localProblem } from "./problem";

export type Query = Record<
  string,
  string | number | boolean | readonly (string | number)[] | null | undefined
>;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Options {
  query?: Query | undefined;
  signal?: AbortSignal | undefined;
  /** The same key for each try of the same intent: a repeated click or a lost answer never acts twice. */
  idempotencyKey?: string | undefined;
}

const BASE = "/api/v1";
let onUnauthorized: () => void = () => undefined;

/** Called with each 401 but those of the log-in itself. */
export function setUnauthorizedHandler(handler: () => void) {
  onUnauthorized = handler;
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function buildUrl(path: string, query?: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === "") continue;
    params.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  const search = params.toString();
  return `${BASE}${path}${search ? `?${search}` : ""}`;
}

async function problemOf(response: Response): Promise<ApiError> {
  if (response.headers.get("content-type")?.includes("json")) {
    try {
      const problem = (await response.json()) as Problem;
      if (typeof problem.code === "string") return new ApiError({ ...problem, status: response.status });
    } catch {
      // A cut answer is no problem document; fall through.
    }
  }
  return localProblem("bad-gateway", response.status);
}

async function send(method: Method, path: string, body: unknown, options: Options): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  const init: RequestInit = { method, headers, credentials: "same-origin", signal: options.signal ?? null };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  if (options.idempotencyKey) headers["idempotency-key"] = options.idempotencyKey;
  const url = buildUrl(path, options.query);
  // With a key a lost answer may be asked for again; without one the person decides.
  const tries = options.idempotencyKey ? 2 : 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      if (attempt >= tries) throw localProblem("offline", 0);
    }
  }
}

async function call<T>(method: Method, path: string, body: unknown, options: Options = {}): Promise<T> {
  const response = await send(method, path, body, options);
  if (!response.ok) {
    const error = await problemOf(response);
    if (error.status === 401 && path !== "/login") onUnauthorized();
    throw error;
  }
  if (response.status === 204) return undefined as T;
  if (!response.headers.get("content-type")?.includes("json"))
    throw localProblem("bad-gateway", response.status);
  return (await response.json()) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>("GET", path, undefined, { query, signal }),
  post: <T>(path: string, body?: unknown, options?: Options) => call<T>("POST", path, body ?? {}, options),
  put: <T>(path: string, body: unknown, options?: Options) => call<T>("PUT", path, body, options),
  patch: <T>(path: string, body: unknown, options?: Options) => call<T>("PATCH", path, body, options),
  delete: <T = void>(path: string, query?: Query) => call<T>("DELETE", path, undefined, { query }),
};
