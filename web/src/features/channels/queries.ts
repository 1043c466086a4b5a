import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { ChannelCard, ChannelState, GroupRow, Id, Page } from "../../api/contract";
import { keys } from "../../api/keys";
import type { Tone } from "../../ui";

export const channelsQuery = (tenant: Id) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels"),
    queryFn: ({ signal }) => api.get<ChannelCard[]>(`/tenants/${tenant}/channels`, undefined, signal),
  });

export const groupsQuery = (tenant: Id, channel: Id, after: string | undefined) =>
  queryOptions({
    queryKey: keys.tenant(tenant, "channels", channel, "groups", after ?? ""),
    queryFn: ({ signal }) =>
      api.get<Page<GroupRow>>(`/tenants/${tenant}/channels/${channel}/groups`, { after, limit: 50 }, signal),
  });

/** Backing off mends itself, so it is a wait; logged out needs a new token and is broken. */
export const STATE_TONE: Record<ChannelState, Tone> = {
  online: "done",
  connecting: "sent",
  backing_off: "wait",
  logged_out: "failed",
  disabled: "off",
};
