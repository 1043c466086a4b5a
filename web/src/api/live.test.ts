import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live, liveUrl, retryDelay } from "./live";

class Socket {
  sent: string[] = [];
  closed = false;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
  }
  hello() {
    this.onopen?.();
    this.onmessage?.({ data: '{"topic":"hello","seq":1}' });
  }
  hint(topic: string) {
    this.onmessage?.({ data: JSON.stringify({ topic, ids: [] }) });
  }
  lose(code = 1006) {
    this.onclose?.({ code });
  }
}

function start() {
  const sockets: Socket[] = [];
  const invalidateQueries = vi.fn(() => Promise.resolve());
  const onEnded = vi.fn();
  const live = new Live({
    queries: { invalidateQueries } as never,
    open: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket as never;
    },
    onEnded,
  });
  const last = () => sockets.at(-1) as Socket;
  const stale = () =>
    invalidateQueries.mock.calls.map((call) =>
      JSON.stringify((call as unknown as [{ queryKey: unknown }?])[0]?.queryKey ?? "all"),
    );
  return { live, sockets, last, invalidateQueries, stale, onEnded };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("live", () => {
  it("says which shop it follows, and opens one socket for it", () => {
    const { live, last, sockets } = start();
    live.follow("t1");
    live.follow("t1");
    last().hello();
    expect(sockets).toHaveLength(1);
    expect(last().sent).toEqual(['{"tenant":"t1"}']);
    expect(live.getState().status).toBe("open");
  });

  it("makes queries stale by topic, many hints at once", () => {
    const { live, last, stale } = start();
    live.follow("t1");
    last().hello();
    last().hint("requests");
    last().hint("requests");
    last().hint("wallet");
    last().hint("nonsense");
    last().onmessage?.({ data: "no json" });
    vi.advanceTimersByTime(500);
    expect(stale()).toEqual([
      '["t","t1","requests"]',
      '["t","t1","home"]',
      '["t","t1","chats"]',
      '["t","t1","wallet"]',
    ]);
  });

  it("asks for everything again after a gap, and not at the first start", () => {
    const { live, last, stale } = start();
    live.follow("t1");
    last().hello();
    expect(stale()).toEqual([]);
    last().lose();
    expect(live.getState().status).toBe("lost");
    vi.runOnlyPendingTimers();
    last().hello();
    expect(live.getState()).toEqual({ status: "open", since: null, retryAt: null });
    expect(stale()).toEqual(['"all"']);
  });

  it("remembers since when it is lost while tries go on", () => {
    const { live, last, sockets } = start();
    live.follow("t1");
    last().hello();
    last().lose();
    const since = live.getState().since;
    vi.runOnlyPendingTimers();
    last().lose();
    vi.runOnlyPendingTimers();
    expect(sockets).toHaveLength(3);
    expect(live.getState()).toMatchObject({ status: "lost", since });
  });

  it("stops where the session has ended, and says so once", () => {
    const { live, last, onEnded, sockets } = start();
    live.follow("t1");
    last().hello();
    last().lose(4401);
    vi.advanceTimersByTime(60_000);
    expect(onEnded).toHaveBeenCalledOnce();
    expect(sockets).toHaveLength(1);
    expect(live.getState().status).toBe("off");
  });

  it("stops where it is not allowed, until it is told to try again", () => {
    const { live, last, onEnded, sockets } = start();
    live.follow("t1");
    last().hello();
    last().lose(4403);
    vi.advanceTimersByTime(60_000);
    live.online();
    expect(live.getState().status).toBe("refused");
    expect(onEnded).not.toHaveBeenCalled();
    expect(sockets).toHaveLength(1);
    live.retryNow();
    last().hello();
    expect(live.getState().status).toBe("open");
  });

  it("counts sockets that never said anything: somebody has to ask whether we are still let in", () => {
    const { live, last } = start();
    live.follow("t1");
    last().hello();
    last().lose();
    expect(live.getUnheard()).toBe(0);
    vi.advanceTimersByTime(1_000);
    last().lose();
    expect(live.getUnheard()).toBe(1);
  });

  it("waits long where too many pages are open, and says why", () => {
    const { live, last, sockets } = start();
    live.follow("t1");
    last().lose(4429);
    expect(live.getState()).toMatchObject({ status: "lost", crowded: true });
    vi.advanceTimersByTime(14_000);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(7_000);
    expect(sockets).toHaveLength(2);
    last().hello();
    expect(live.getState()).not.toHaveProperty("crowded");
  });

  it("looks at everything again when hints were missed", () => {
    const { live, last, stale } = start();
    live.follow("t1");
    last().hello();
    last().hint("resync");
    expect(stale()).toEqual(['"all"']);
  });

  it("looks once more at what was loaded while the socket was being opened", () => {
    const { live, last, invalidateQueries } = start();
    live.follow("t1");
    last().hello();
    const heard = Date.now();
    vi.advanceTimersByTime(1_000);
    const [{ predicate }] = invalidateQueries.mock.calls[0] as unknown as [
      { predicate: (query: unknown) => boolean },
    ];
    const query = (tenant: string, dataUpdatedAt: number) => ({
      queryKey: ["t", tenant],
      state: { dataUpdatedAt },
    });
    expect(predicate(query("t1", heard - 1))).toBe(true);
    expect(predicate(query("t1", heard))).toBe(false);
    expect(predicate(query("t2", heard - 1))).toBe(false);
  });

  it("looks every so often in a flood", () => {
    const { live, last, stale } = start();
    live.follow("t1");
    last().hello();
    for (let n = 0; n < 60; n += 1) {
      last().hint("wallet");
      vi.advanceTimersByTime(50);
    }
    const looks = stale().filter((key) => key.includes("wallet")).length;
    expect(looks).toBeGreaterThan(3);
    expect(looks).toBeLessThan(7);
  });

  it("is lost at once without a network, and opens anew with one", () => {
    const { live, last, sockets } = start();
    live.follow("t1");
    last().hello();
    live.offline();
    expect(live.getState().status).toBe("lost");
    expect(sockets[0]?.closed).toBe(true);
    live.online();
    last().hello();
    expect(live.getState().status).toBe("open");
  });

  it("opens anew after sleep, because a socket may only look alive", () => {
    const { live, last, sockets, stale } = start();
    live.follow("t1");
    last().hello();
    live.hidden(true);
    vi.advanceTimersByTime(5_000);
    live.hidden(false);
    expect(sockets).toHaveLength(1);
    live.hidden(true);
    vi.advanceTimersByTime(60_000);
    live.hidden(false);
    expect(sockets).toHaveLength(2);
    expect(sockets[0]?.closed).toBe(true);
    expect(stale()).toContain('"all"');
  });

  it("tries at once when the network is back", () => {
    const { live, last, sockets } = start();
    live.follow("t1");
    last().lose();
    live.online();
    expect(sockets).toHaveLength(2);
  });

  it("leaves nothing behind of a shop that is no longer followed", () => {
    const { live, last, stale, sockets } = start();
    live.follow("t1");
    const first = last();
    first.hello();
    live.follow("t2");
    expect(first.closed).toBe(true);
    expect(first.onmessage).toBeNull();
    last().hello();
    last().hint("chats");
    vi.advanceTimersByTime(500);
    expect(stale()).toEqual(['["t","t2","chats"]', '["t","t2","home"]']);
    live.follow(null);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
  });
});

it("waits longer and longer, but not forever, and not all at once", () => {
  expect(retryDelay(0, 0)).toBe(500);
  expect(retryDelay(3, 0)).toBe(4000);
  expect(retryDelay(30, 0)).toBe(15_000);
  expect(retryDelay(30, 1)).toBe(20_000);
});

it("is secure where the page is", () => {
  expect(liveUrl({ protocol: "https:", host: "a.example" })).toBe("wss://a.example/api/v1/live");
  expect(liveUrl({ protocol: "http:", host: "localhost:8080" })).toBe("ws://localhost:8080/api/v1/live");
});
