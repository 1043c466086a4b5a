import { beforeEach, describe, expect, it, vi } from "vitest";
import { api, buildUrl, newKey, setUnauthorizedHandler } from "./client";
import { ApiError, fieldErrors, isPassing } from "./problem";

const answer = (status: number, body?: unknown, type = "application/json") =>
  new Response(body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body), {
    status,
    headers: { "content-type": type },
  });
const fetching = vi.fn<typeof fetch>();
beforeEach(() => {
  fetching.mockReset();
  vi.stubGlobal("fetch", fetching);
});
const failure = async (call: Promise<unknown>) =>
  call.then(
    () => expect.fail("should fail"),
    (error: ApiError) => error,
  );

describe("client", () => {
  it("leaves empty filters out of the address", () => {
    expect(buildUrl("/x", { a: "1", b: "", c: undefined, d: null, e: [1, 2], f: false })).toBe(
      "/api/v1/x?a=1&e=1%2C2&f=false",
    );
  });
  it("brings a problem with its fields", async () => {
    fetching.mockResolvedValue(
      answer(
        422,
        {
          code: "validation",
          title: "x",
          status: 422,
          errors: [{ field: "token", code: "broken", message: "m" }],
        },
        "application/problem+json",
      ),
    );
    const error = await failure(api.post("/x", {}));
    expect(error).toBeInstanceOf(ApiError);
    expect(fieldErrors(error).token?.message).toBe("m");
    expect(isPassing(error)).toBe(false);
  });
  it.each([
    [502, "<html>bad gateway</html>", "text/html"],
    [500, "{cut", "application/json"],
  ])("makes a problem of what is none: %i", async (status, body, type) => {
    fetching.mockResolvedValue(answer(status, body, type));
    const error = await failure(api.get("/x"));
    expect([error.code, error.status]).toEqual(["bad-gateway", status]);
    expect(isPassing(error)).toBe(true);
  });
  it("does not take a page for an answer", async () => {
    fetching.mockResolvedValue(answer(200, "<html></html>", "text/html"));
    expect((await failure(api.get("/x"))).code).toBe("bad-gateway");
  });
  it("says that there is no network", async () => {
    fetching.mockRejectedValue(new TypeError("Failed to fetch"));
    const error = await failure(api.post("/x", {}));
    expect([error.code, error.status]).toEqual(["offline", 0]);
    expect(fetching).toHaveBeenCalledTimes(1);
  });
  it("asks once more with the same key when an answer got lost", async () => {
    fetching.mockRejectedValueOnce(new TypeError("lost")).mockResolvedValueOnce(answer(200, { ok: true }));
    await api.post("/x", {}, { idempotencyKey: "k1" });
    expect(fetching.mock.calls.map(([, init]) => new Headers(init?.headers).get("idempotency-key"))).toEqual([
      "k1",
      "k1",
    ]);
  });
  it("tells of an ended session, but not of a wrong password", async () => {
    const ended = vi.fn();
    setUnauthorizedHandler(ended);
    fetching.mockImplementation(async () => answer(401, { code: "unauthorized", title: "", status: 401 }));
    await failure(api.post("/login", {}));
    expect(ended).not.toHaveBeenCalled();
    await failure(api.get("/me"));
    expect(ended).toHaveBeenCalledTimes(1);
  });
  it("makes keys that differ", () => {
    expect(new Set(Array.from({ length: 50 }, newKey)).size).toBe(50);
  });
});
