// Speaks a message that was compiled at build time: text, arguments, plurals and selects. The compiler is Lingui's; its runtime
// carries more than this panel needs on the way to the log-in.

/** Text, "#" (the plural's number), or an argument: [name], [name, "number"], [name, "plural" | "select", cases]. */
export type Token = string | [name: string, kind?: string, cases?: Record<string, Token[]>];
export type Compiled = readonly Token[];
export type Values = Record<string, string | number | null | undefined>;

const numbers = new Map<string, Intl.NumberFormat>();
const plurals = new Map<string, Intl.PluralRules>();

function number(value: number, tag: string): string {
  let format = numbers.get(tag);
  if (!format) {
    format = new Intl.NumberFormat(tag);
    numbers.set(tag, format);
  }
  return format.format(value);
}

function plural(value: number, tag: string): string {
  let rules = plurals.get(tag);
  if (!rules) {
    rules = new Intl.PluralRules(tag);
    plurals.set(tag, rules);
  }
  return rules.select(value);
}

/** Numbers come in the language's own digits. `hash` is the number of the plural around. */
export function speak(tokens: Compiled, values: Values, tag: string, hash?: number): string {
  let text = "";
  for (const token of tokens) {
    if (typeof token === "string") {
      text += token === "#" && hash !== undefined ? number(hash, tag) : token;
      continue;
    }
    const [name, kind, cases] = token;
    const value = values[name];
    if (cases) {
      const count = kind === "plural" ? Number(value) : undefined;
      const chosen =
        (count === undefined ? cases[String(value)] : (cases[String(count)] ?? cases[plural(count, tag)])) ??
        cases.other;
      text += speak(chosen ?? [], values, tag, count ?? hash);
    } else if (typeof value === "number") text += number(value, tag);
    else text += value ?? "";
  }
  return text;
}
