import { describe, expect, it } from "vitest";
import { passwordStrength } from "../../lib/password";
import {
  type AnswerName,
  type Answers,
  complaint,
  complaints,
  normalTelegram,
  normalUrl,
  ORDER,
} from "./signup";

const good: Answers = {
  username: "himalboost",
  password: "a-long-sentence",
  whatsapp_number: "+977 000 000 0142",
  telegram_username: "@himalboost",
  panel_url: "himalboost.example",
  panel_key: "k3y-4f8a9c0d1e2f",
};

describe("complaints", () => {
  it("has none about good answers", () => {
    expect(complaints(good)).toEqual({});
  });
  it("asks for each answer that is missing", () => {
    const empty = Object.fromEntries(ORDER.map((name) => [name, ""])) as unknown as Answers;
    expect(Object.keys(complaints(empty))).toEqual([...ORDER]);
  });

  const cases: [AnswerName, string, string | null][] = [
    ["username", "ab", "signup.bad.username_length"],
    ["username", "himal boost", "signup.bad.username_signs"],
    ["username", "himal.boost_24", null],
    ["password", "short", "signup.bad.password_short"],
    ["password", "tea hill sun", null],
    ["whatsapp_number", "00977 9800000142", null],
    ["whatsapp_number", "+0977 980000014", "signup.bad.whatsapp_length"],
    ["password", "himalboost12", "signup.bad.password_name"],
    ["password", "aaaaaaaaaaaaaaaa", "signup.bad.password_simple"],
    ["password", "ab".repeat(129), "signup.bad.password_long"],
    ["password", "Password2026", "signup.bad.password_simple"],
    ["password", "आमा बुबा घर", null],
    ["whatsapp_number", "977 000 000 0142", "signup.bad.whatsapp_code"],
    ["whatsapp_number", "+977 call me", "signup.bad.whatsapp_signs"],
    ["whatsapp_number", "+97700", "signup.bad.whatsapp_length"],
    ["whatsapp_number", "+9779800000142", null],
    ["telegram_username", "himal boost", "signup.bad.telegram_spaces_guess"],
    ["telegram_username", "ab c", "signup.bad.telegram_spaces"],
    ["telegram_username", "himal-boost", "signup.bad.telegram"],
    ["telegram_username", "https://t.me/himalboost", null],
    ["panel_url", "not a url", "signup.bad.url"],
    ["panel_url", "panel", "signup.bad.url"],
    ["panel_url", "ftp://himalboost.example", "signup.bad.url"],
    ["panel_url", "https://me:secret@himalboost.example", "signup.bad.url_login"],
    ["panel_url", "https://himalboost.example/adminapi/v2", null],
    ["panel_key", "sk-4471 9920", "signup.bad.key_space"],
    ["panel_key", "k".repeat(501), "signup.bad.key_long"],
    ["panel_key", "  k3y-4f8a9c0d1e2f ", null],
  ];
  it.each(cases)("%s %s", (name, value, expected) => {
    expect(complaint(name, { ...good, [name]: value })?.id ?? null).toBe(expected);
  });
});

it("takes Telegram names as people paste them", () => {
  for (const text of ["@himalboost", " himalboost", "t.me/himalboost", "https://telegram.me/himalboost"]) {
    expect(normalTelegram(text)).toBe("himalboost");
  }
});

it("adds a scheme only where there is none", () => {
  expect(normalUrl(" himalboost.example ")).toBe("https://himalboost.example");
  expect(normalUrl("http://himalboost.example")).toBe("http://himalboost.example");
});

it("never calls a longer password of the same kind weaker", () => {
  const phrase = "correct horse battery staple, twice";
  let before = 0;
  for (let length = 0; length <= phrase.length; length += 1) {
    const bars = passwordStrength(phrase.slice(0, length));
    expect(bars).toBeGreaterThanOrEqual(before);
    before = bars;
  }
  expect(before).toBe(4);
});
