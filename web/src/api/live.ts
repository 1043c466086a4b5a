// One WebSocket for the whole app, outside React. It carries hints, never truth: a hint makes queries stale, and after
// every gap (reconnect, sleep, network loss, a server that restarted) everything that is open is asked for again. The number
// in `hello` would only say whether that can be spared, and a server that has restarted counts anew: so it is not spared.
import type { QueryClient } from "@tanstack/react-query";
import type { Id } from "./contract";
import { staleKeys, TOPICS, type Topic } from "./keys";

export interface LiveState {
  /** `refused`: not, or no longer, allowed to listen here. */
  status: "off" | "connecting" | "open" | "lost" | "refused";
  /** Since when the connection is lost, and when the next try is made; milliseconds. */
  since: number | null;
  retryAt: number | null;
  /** Lost because this person has too many pages open. */
  crowded?: true;
}

type Timer = ReturnType<typeof setTimeout>;
type SocketLike = Pick<WebSocket, "send" | "close" | "onopen" | "onmessage" | "onclose" | "readyState">;

export interface LiveDeps {
  queries: Pick<QueryClient, "invalidateQueries">;
  open: () => SocketLike;
  onEnded: () => void;
  now?: () => number;
}

const BATCH_MS = 80;
/** A flood of hints costs a look every so often; looks that follow faster would cut off the one before. */
const LOOK_MS = 600;
/** What was loaded while the socket was being opened may have changed unheard. */
const SETTLE_MS = 1000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const CROWDED_ATTEMPT = 10;
/** A page hidden longer than this may hold a socket that only looks alive. */
const SLEEP_MS = 20_000;

/** 0.5 s, 1 s, 2 s … 15 s, spread by up to a third so that a restarted server is not met by everybody at once. */
export function retryDelay(attempt: number, random: number): number {
  const base = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return Math.round(base * (1 + random / 3));
}

export class Live {
  private state: LiveState = { status: "off", since: null, retryAt: null };
  private socket: SocketLike | null = null;
  private tenant: Id | null = null;
  private attempt = 0;
  private hadConnection = false;
  private heard = false;
  private unheard = 0;
  private retry: Timer | null = null;
  private batch: Timer | null = null;
  private settling: Timer | null = null;
  private looked = Number.NEGATIVE_INFINITY;
  private pending = new Set<Topic>();
  private hiddenAt: number | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly deps: LiveDeps;
  private readonly now: () => number;

  constructor(deps: LiveDeps) {
    this.deps = deps;
    this.now = deps.now ?? (() => Date.now());
  }

  readonly getState = (): LiveState => this.state;
  /** How many sockets ended before they said anything: no server, or one that does not let us in. The browser does not tell which. */
  readonly getUnheard = (): number => this.unheard;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follow a tenant; null stops. */
  follow(tenant: Id | null): void {
    if (tenant === this.tenant) return;
    this.tenant = tenant;
    this.hadConnection = false;
    this.attempt = 0;
    this.pending.clear();
    this.drop();
    if (tenant === null) this.set({ status: "off", since: null, retryAt: null });
    else this.connect();
  }

  /** Now, whatever the timer says: the person pressed “try now”, the network or the page came back. */
  readonly retryNow = (): void => {
    if (this.tenant === null || this.state.status === "open") return;
    this.attempt = 0;
    this.drop();
    this.connect();
  };

  readonly hidden = (hidden: boolean): void => {
    if (hidden) {
      this.hiddenAt = this.now();
      return;
    }
    const slept = this.hiddenAt !== null && this.now() - this.hiddenAt > SLEEP_MS;
    this.hiddenAt = null;
    if (this.tenant === null) return;
    if (this.state.status !== "open") this.retryNow();
    else if (slept) {
      this.drop();
      this.connect();
      this.refetchOpen();
    }
  };

  /** The network is back: a socket from before may only look alive. */
  readonly online = (): void => {
    if (this.tenant === null || this.state.status === "refused") return;
    this.attempt = 0;
    this.drop();
    this.connect();
    this.refetchOpen();
  };

  readonly offline = (): void => {
    if (this.tenant === null || this.state.status === "refused" || this.state.status === "lost") return;
    this.drop();
    this.lose(false);
  };

  /** The machine slept with the page in sight. */
  readonly woke = (): void => this.online();

  private set(state: LiveState) {
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  private drop() {
    if (this.retry) clearTimeout(this.retry);
    if (this.settling) clearTimeout(this.settling);
    this.retry = null;
    this.settling = null;
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private connect() {
    if (this.state.status !== "lost")
      this.set({ status: "connecting", since: this.state.since, retryAt: null });
    this.heard = false;
    const socket = this.deps.open();
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ tenant: this.tenant }));
    socket.onmessage = (event: MessageEvent) => this.receive(String(event.data));
    socket.onclose = (event: CloseEvent) => this.closed(event.code);
  }

  private receive(text: string) {
    let hint: { topic?: unknown };
    try {
      hint = JSON.parse(text) as { topic?: unknown };
    } catch {
      return;
    }
    if (hint.topic === "hello") {
      this.heard = true;
      this.attempt = 0;
      const gap = this.hadConnection;
      this.hadConnection = true;
      this.set({ status: "open", since: null, retryAt: null });
      if (gap) this.refetchOpen();
      else this.settle();
      return;
    }
    // Hints were missed: there were more than this page took.
    if (hint.topic === "resync") {
      this.refetchOpen();
      return;
    }
    const topic = TOPICS.find((known) => known === hint.topic);
    if (!topic) return;
    this.pending.add(topic);
    this.batch ??= setTimeout(() => this.flush(), Math.max(BATCH_MS, this.looked + LOOK_MS - this.now()));
  }

  private flush() {
    this.batch = null;
    this.looked = this.now();
    if (this.tenant === null) return;
    const seen = new Set<string>();
    for (const topic of this.pending) {
      for (const queryKey of staleKeys(this.tenant, topic)) {
        const id = JSON.stringify(queryKey);
        if (seen.has(id)) continue;
        seen.add(id);
        void this.deps.queries.invalidateQueries({ queryKey });
      }
    }
    this.pending.clear();
  }

  private settle() {
    const since = this.now();
    const tenant = this.tenant;
    this.settling = setTimeout(() => {
      this.settling = null;
      void this.deps.queries.invalidateQueries({
        predicate: ({ queryKey, state }) =>
          queryKey[0] === "t" && queryKey[1] === tenant && state.dataUpdatedAt < since,
      });
    }, SETTLE_MS);
  }

  private refetchOpen() {
    void this.deps.queries.invalidateQueries();
  }

  private closed(code: number) {
    this.socket = null;
    if (code === 4401) {
      this.set({ status: "off", since: null, retryAt: null });
      this.deps.onEnded();
      return;
    }
    if (code === 4403) {
      this.set({ status: "refused", since: null, retryAt: null });
      return;
    }
    if (!this.heard && code !== 4429) this.unheard += 1;
    this.lose(code === 4429);
  }

  private lose(crowded: boolean) {
    // What was open may have changed in the gap, also when the very first connection was the one that failed.
    this.hadConnection = true;
    if (this.settling) clearTimeout(this.settling);
    this.settling = null;
    const delay = retryDelay(crowded ? CROWDED_ATTEMPT : this.attempt, Math.random());
    this.attempt += 1;
    this.set({
      status: "lost",
      since: this.state.since ?? this.now(),
      retryAt: this.now() + delay,
      ...(crowded && { crowded }),
    });
    this.retry = setTimeout(() => this.connect(), delay);
  }
}

export function liveUrl(location: Pick<Location, "protocol" | "host">): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`;
}
