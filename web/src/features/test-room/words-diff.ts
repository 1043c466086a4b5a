// What is different between two answers, word by word, so that one changed date is seen at once.
export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

const LONG = 600;

export function diffWords(before: string, after: string): Piece[] {
  const a = before.match(/\s+|[^\s]+/g) ?? [];
  const b = after.match(/\s+|[^\s]+/g) ?? [];
  if (before === after) return before === "" ? [] : [{ kind: "same", text: before }];
  if (a.length > LONG || b.length > LONG) return pieces([["gone", before]], [["new", after]]);
  // Lengths of the longest common tails.
  const tails = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number) => tails[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = tails[i] as Uint16Array;
    for (let j = b.length - 1; j >= 0; j -= 1)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const found: [Piece["kind"], string][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push(["same", a[i] as string]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      found.push(["gone", a[i] as string]);
      i += 1;
    } else {
      found.push(["new", b[j] as string]);
      j += 1;
    }
  }
  return pieces(found);
}

function pieces(...lists: [Piece["kind"], string][][]): Piece[] {
  const joined: Piece[] = [];
  for (const [kind, text] of lists.flat()) {
    const last = joined.at(-1);
    if (last?.kind === kind) last.text += text;
    else if (text !== "") joined.push({ kind, text });
  }
  return joined;
}
