// Every page of the shop and of the platform: rail, bar, More, search. A page appears as soon as its route exists.
import {
  FlaskConical,
  House,
  Inbox,
  ListChecks,
  type LucideIcon,
  MessageSquareText,
  RadioTower,
  Settings,
  Store,
  Truck,
  Users,
  Wallet,
} from "lucide-react";
import type { MessageId } from "../i18n";

export interface NavItem {
  to: string;
  label: MessageId;
  icon: LucideIcon;
  permission: string;
  /** Which figure of `useCounts` stands beside it. */
  count?: "person" | "unread";
}

export const TENANT_NAV: NavItem[][] = [
  [
    { to: "/home", label: "shell.home", icon: House, permission: "home.read" },
    { to: "/inbox", label: "shell.inbox", icon: Inbox, permission: "inbox.read" },
    {
      to: "/requests",
      label: "shell.requests",
      icon: ListChecks,
      permission: "requests.read",
      count: "person",
    },
  ],
  [
    { to: "/customers", label: "shell.customers", icon: Users, permission: "customers.read" },
    { to: "/providers", label: "shell.providers", icon: Truck, permission: "providers.read" },
    { to: "/panels", label: "shell.panels", icon: Store, permission: "panels.read" },
    { to: "/channels", label: "shell.channels", icon: RadioTower, permission: "channels.read" },
  ],
  [
    { to: "/replies", label: "shell.replies", icon: MessageSquareText, permission: "replies.read" },
    { to: "/test-room", label: "shell.test_room", icon: FlaskConical, permission: "testroom.use" },
  ],
  [
    { to: "/wallet", label: "shell.wallet", icon: Wallet, permission: "wallet.read" },
    { to: "/settings", label: "shell.settings", icon: Settings, permission: "settings.read" },
  ],
];

export const PLATFORM_NAV: NavItem[][] = [
  [{ to: "/admin/users", label: "shell.users", icon: Users, permission: "users.read" }],
];

/** At the thumb; the rest is behind More. */
export const BAR = ["/home", "/inbox", "/requests", "/channels"];

export function visibleNav(
  groups: NavItem[][],
  exists: (to: string) => boolean,
  can: (permission: string) => boolean,
): NavItem[][] {
  return groups
    .map((group) => group.filter((item) => exists(item.to) && can(item.permission)))
    .filter((group) => group.length > 0);
}
