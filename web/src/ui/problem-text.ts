// A problem in the reader's words. The catalogue knows the codes; a code it does not know keeps the server's sentence.
import { useLingui } from "@lingui/react";
import { isApiError } from "../api/problem";

export function useProblemText(): (error: unknown) => string {
  const { i18n, _ } = useLingui();
  return (error) => {
    if (!isApiError(error)) return _("problem.unknown");
    const { code, title, detail, retry_after_s } = error.problem;
    const id = `problem.${code}`;
    if (id in i18n.messages) {
      const sentence = _(id, { seconds: retry_after_s ?? 0, minutes: Math.ceil((retry_after_s ?? 60) / 60) });
      // The detail is about this very case: what hangs on it, why not now, how much there is.
      return detail ? `${sentence} ${detail}` : sentence;
    }
    return detail || title || _("problem.unknown");
  };
}
