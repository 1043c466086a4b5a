import { expect, it } from "vitest";
import { toMicros } from "./credits";

it.each([
  ["1", 1_000_000],
  ["0.1", 100_000],
  ["12,5", 12_500_000],
  ["1 000", 1_000_000_000],
  ["0.000001", 1],
  ["999999999.999999", 999_999_999_999_999],
  ["0", null],
  ["-1", null],
  ["1.0000001", null],
  ["1,000.5", null],
  ["abc", null],
  ["", null],
])("%s", (text, micros) => expect(toMicros(text)).toBe(micros));
