// A problem in the reader's words. The catalogue knows the codes; a code it does not know keeps the server's sentence.
import { isApiError } from "../api/problem";
import { hasMessage, useT } from "../i18n";

export function useProblemText(): (error: unknown) => string {
  const t = useT();
  return (error) => {
    if (!isApiError(error)) return t("problem.unknown");
    const { code, title, detail, retry_after_s } = error.problem;
    const id = `problem.${code}`;
    if (hasMessage(id)) {
      const sentence = t(id, { seconds: retry_after_s ?? 0, minutes: Math.ceil((retry_after_s ?? 60) / 60) });
      // The detail is about this very case: what hangs on it, why not now, how much there is.
      return detail ? `${sentence} ${detail}` : sentence;
    }
    return detail || title || t("problem.unknown");
  };
}

/** The message of a field: ours where the catalogue knows the code, else the server's sentence. */
export function useFieldText(): (error: { code: string; message: string }) => string {
  const t = useT();
  return ({ code, message }) => {
    const id = `field.${code}`;
    return hasMessage(id) ? t(id) : message;
  };
}
