// Every refusal of the API is a Problem; what never reached the API (no network, a proxy's page) becomes one here,
// so that a page has one shape to show.
import type { FieldError, Problem } from "./contract";

export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
  get code() {
    return this.problem.code;
  }
  get status() {
    return this.problem.status;
  }
}

/** `offline` and `bad-gateway` are ours; every other code comes from the server's closed list. */
export function localProblem(code: "offline" | "bad-gateway", status: number): ApiError {
  return new ApiError({ type: "about:blank", code, title: code, status });
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

/** Worth asking again without a change: the network, or a server that is starting or overloaded. */
export function isPassing(error: unknown): boolean {
  return isApiError(error) && (error.status === 0 || error.status >= 500 || error.status === 429);
}

/** Field errors by field name; the first one of a field wins. */
export function fieldErrors(error: unknown): Record<string, FieldError> {
  const errors: Record<string, FieldError> = {};
  if (!isApiError(error)) return errors;
  for (const entry of error.problem.errors ?? []) errors[entry.field] ??= entry;
  return errors;
}
