import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { LoginEvent, Page, Session } from "../../api/contract";
import { keys } from "../../api/keys";

export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: ({ signal }) => api.get<Session[]>("/me/sessions", undefined, signal),
});

export const loginsQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: keys.logins(after),
    queryFn: ({ signal }) => api.get<Page<LoginEvent>>("/me/logins", { limit: 20, after }, signal),
  });
