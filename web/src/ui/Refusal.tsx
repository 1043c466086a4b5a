// What was refused, in words, where it was asked for.
import { fieldErrors } from "../api/problem";
import { Note } from "./Note";
import { useProblemText } from "./problem-text";

export function Refusal({ error, besideFields }: { error: unknown; besideFields?: boolean }) {
  const text = useProblemText();
  // Fields say theirs themselves.
  if (!error || (besideFields && Object.keys(fieldErrors(error)).length > 0)) return null;
  return (
    <Note tone="failed" live>
      <p>{text(error)}</p>
    </Note>
  );
}
