import { expect, it } from "vitest";
import type { LoginEvent } from "../../api/contract";
import { suspicion } from "./suspicion";

const NOW = Date.parse("2026-11-23T08:00:00Z");
let n = 0;
const login = (hours: number, ip: string, outcome: LoginEvent["outcome"]): LoginEvent => {
  n += 1;
  return { id: `l${n}`, at: new Date(NOW - hours * 3_600_000).toISOString(), ip, agent: "", outcome };
};

it("asks about wrong passwords from an address that never got in, and counts them", () => {
  const list = [
    login(1, "198.51.100.7", "wrong_password"),
    login(2, "198.51.100.7", "wrong_password"),
    login(5, "203.0.113.24", "success"),
  ];
  expect(suspicion(list, NOW, null)).toMatchObject({ count: 2, ip: "198.51.100.7", latest: list[0] });
});
it("does not ask about a person's own slips", () => {
  expect(
    suspicion([login(1, "203.0.113.24", "wrong_password"), login(2, "203.0.113.24", "success")], NOW, null),
  ).toBeNull();
});
it("does not ask about what is old or answered", () => {
  const old = [login(100, "198.51.100.7", "wrong_password")];
  expect(suspicion(old, NOW, null)).toBeNull();
  const list = [login(1, "198.51.100.7", "wrong_password")];
  expect(suspicion(list, NOW, list[0]?.id ?? null)).toBeNull();
});
