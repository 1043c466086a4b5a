import type { ReplyText } from "../../api/contract";

export interface Group {
  name: string;
  texts: ReplyText[];
}

/** Under their headings, in the order in which they come; only those that fit. */
export function groupsOf(texts: ReplyText[], q: string, changedOnly: boolean): Group[] {
  const wanted = q.trim().toLowerCase();
  // Headings keep their place whatever is filtered away.
  const groups: Group[] = [...new Set(texts.map((text) => text.group))].map((name) => ({ name, texts: [] }));
  for (const text of texts) {
    if (changedOnly && !text.changed) continue;
    if (wanted && ![text.title, text.text, text.when].some((part) => part.toLowerCase().includes(wanted)))
      continue;
    groups.find((each) => each.name === text.group)?.texts.push(text);
  }
  return groups.filter((group) => group.texts.length > 0);
}

/** What a press on a variable writes. A list is of use only in a loop. */
export function pieceOf(variable: ReplyText["variables"][number]): string {
  return variable.name === "ORDERS"
    ? "{% for order in ORDERS %}{{ order.ORDERID }}\n{% endfor %}"
    : `{${variable.name}}`;
}

/** The end of a message's id for a heading that comes as a word. */
export const slug = (name: string) => name.toLowerCase().replace(/[^a-z]+/g, "_");
