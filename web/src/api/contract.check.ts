// The types that pages are written with against the schemas of the server's own document: a field that is named, nested or typed
// otherwise stops the type check and is named in its message. Nothing of this reaches the browser.
import type * as C from "./contract";
import type { components } from "./schema.gen";

type Served = components["schemas"];

/** What both sides call by one name. */
interface Ours {
  Ability: C.Ability;
  Account: C.Account;
  AccountRef: C.AccountRef;
  ActionResult: C.ActionResult;
  AdminUser: C.AdminUser;
  AdminUserDetail: C.AdminUserDetail;
  BindCode: C.BindCode;
  ChannelCard: C.ChannelCard;
  ChannelHealth: C.ChannelHealth;
  ChatMessage: C.ChatMessage;
  ChatRow: C.ChatRow;
  ChecklistItem: C.ChecklistItem;
  Command: C.Command;
  CustomerRef: C.CustomerRef;
  CustomerRow: C.CustomerRow;
  Example: C.Example;
  ExampleResult: C.ExampleResult;
  FieldError: C.FieldError;
  GroupMember: C.GroupMember;
  GroupMembers: C.GroupMembers;
  GroupRow: C.GroupRow;
  Home: C.Home;
  IdentityRow: C.IdentityRow;
  ImportDone: C.ImportDone;
  ImportPreview: C.ImportPreview;
  KeyReport: C.KeyReport;
  LedgerRow: C.LedgerRow;
  LoginEvent: C.LoginEvent;
  Me: C.Me;
  PanelCard: C.PanelCard;
  PanelHealth: C.PanelHealth;
  PanelKind: C.PanelKind;
  PlatformAccess: C.PlatformAccess;
  ProviderRow: C.ProviderRow;
  ReplyText: C.ReplyText;
  RequestAction: C.RequestAction;
  RequestDetail: C.RequestDetail;
  RequestRow: C.RequestRow;
  RequestState: C.RequestState;
  RouteRow: C.RouteRow;
  Session: C.Session;
  Settings: C.Settings;
  Setup: C.Setup;
  SetupStep: C.SetupStep;
  TenantAccess: C.TenantAccess;
  TestOrder: C.TestOrder;
  TestRun: C.TestRun;
  TestStep: C.TestStep;
  TimelineStep: C.TimelineStep;
  Unrouted: C.Unrouted;
  Wallet: C.Wallet;
}

/** What we hear may be narrower than what a page can read. */
interface Heard {
  Problem: C.Problem;
}

/** What we send may be stricter than what the server takes. */
interface Sent {
  SettingsEdit: C.SettingsEdit;
  SignUp: C.SignUp;
}

// What may be left out is compared as if it were there.
type Loose<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Loose<Item>[]
    : { [Key in keyof T]-?: Loose<Exclude<T[Key], undefined>> };

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type Drifted =
  | {
      [Name in keyof Ours]: Same<Loose<Ours[Name]>, Loose<Served[Name]>> extends true ? never : Name;
    }[keyof Ours]
  | { [Name in keyof Heard]: Loose<Served[Name]> extends Loose<Heard[Name]> ? never : Name }[keyof Heard]
  | { [Name in keyof Sent]: Loose<Sent[Name]> extends Loose<Served[Name]> ? never : Name }[keyof Sent];

// What drifted is asked for here, by name.
export const drifted: Record<Drifted, "differs from the server"> = {};
