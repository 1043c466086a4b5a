import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { AdminUser, AdminUserDetail, Id, Page } from "../../api/contract";
import { keys } from "../../api/keys";

export interface UsersSearch {
  q?: string;
  state?: AdminUser["state"];
  after?: string;
  open?: string;
}
export const PAGE_SIZE = 50;

export const usersQuery = ({ q, state, after }: UsersSearch) =>
  queryOptions({
    queryKey: keys.admin("users", "list", q ?? "", state ?? "", after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<AdminUser>>("/admin/users", { q, state, after, limit: PAGE_SIZE }, signal),
    placeholderData: keepPreviousData,
  });

export const userQuery = (id: Id) =>
  queryOptions({
    queryKey: keys.admin("users", "one", id),
    queryFn: ({ signal }) => api.get<AdminUserDetail>(`/admin/users/${id}`, undefined, signal),
  });
