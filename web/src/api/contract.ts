// The JSON contract of /api/v1. Names bind both sides: a type here is a schema of the same name in OpenAPI.
// Times are RFC 3339 UTC strings. Ids are uuids as strings. Credits are micro-credits as integers (1 credit = 1_000_000), never floats.
// Lists: GET …?limit=50&after=<cursor>  → Page<T>. Unsafe methods take JSON and may carry `Idempotency-Key`.
// Paths under T = /api/v1/tenants/{tenant}. Another tenant's or unknown thing: 404. Errors: application/problem+json.

export type Id = string; export type Instant = string; export type Micros = number;
export interface Page<T> { items: T[]; next: string | null }
export interface Problem { type: string; code: string; title: string; status: number; detail?: string; errors?: FieldError[]; retry_after_s?: number }
export interface FieldError { field: string; code: string; message: string }

// ── Auth, account ────────────────────────────────────────────────────────────────────────────────────────────────
// POST /api/v1/signup            SignUp → 201 Me (cookie set)        problem codes: validation (422, fields), username-taken (as a field error), too-many-requests
// POST /api/v1/signup/check-key  { panel_url, panel_kind?, panel_key } → KeyReport (never 5xx for a broken panel)
// POST /api/v1/login             { username, password } → Me         401 login-failed; 403 account-suspended / account-banned only after a right password
// POST /api/v1/logout            → 204
// GET  /api/v1/me                → Me                                 PATCH /api/v1/me  { locale?, time_zone?, theme?, whatsapp_number?, telegram_username? } → Me
// POST /api/v1/me/password       { current, new } → 204 (other sessions end)
// GET  /api/v1/me/sessions → Session[]    DELETE /api/v1/me/sessions/{id} → 204    DELETE /api/v1/me/sessions → 204 (all others)
// GET  /api/v1/me/logins?after → Page<LoginEvent>
// GET  /api/v1/me/setup          → Setup (provisioning saga and checklist)
// GET  /api/v1/setup/{token} → { valid: boolean }   POST /api/v1/setup/{token} { username, password } → 201 Me (the first master admin)
export interface SignUp { username: string; password: string; whatsapp_number: string; telegram_username: string; panel_url: string; panel_kind?: PanelKind | null; panel_key: string; panel_name?: string; accept_terms: boolean; locale?: Locale; time_zone?: string }
export type Locale = "en" | "ne";
export interface Me { account: Account; tenants: TenantAccess[]; platform: PlatformAccess | null }
export interface Account { id: Id; username: string; whatsapp_number: string; telegram_username: string; state: "active" | "suspended" | "banned"; locale: Locale; time_zone: string; theme: "system" | "light" | "dark"; created_at: Instant }
export interface TenantAccess { tenant: Id; name: string; role: string; state: "provisioning" | "active" | "suspended"; permissions: string[] }
export interface PlatformAccess { role: string; permissions: string[] }
export interface Session { id: Id; current: boolean; created_at: Instant; last_seen_at: Instant; ip: string; agent: string }
export interface LoginEvent { id: Id; at: Instant; ip: string; agent: string; outcome: "success" | "wrong_password" | "suspended" | "banned" }
export interface Setup { provisioning: { state: SetupStep["state"]; steps: SetupStep[] }; panel: KeyReport | null; checklist: ChecklistItem[] }
export interface SetupStep { key: "account" | "schema" | "credits" | "panel"; state: "done" | "running" | "waiting" | "failed"; at: Instant | null; detail: string }
export interface ChecklistItem { key: "panel" | "bot" | "customer" | "try" | "group" | "provider"; done: boolean; detail: string }

export type PanelKind = "perfect_panel_admin_v2" | "rental_panel_admin_v1" | "user_api_v2";
// What a key can do, in words. state: ok | wrong_key | customer_key | unreachable | challenge | not_a_panel | blocked_address | too_slow
export interface KeyReport { state: "ok" | "wrong_key" | "customer_key" | "unreachable" | "challenge" | "not_a_panel" | "blocked_address" | "too_slow"; kind: PanelKind | null; sentence: string; next: string; abilities: Ability[]; checked_at: Instant }
export interface Ability { key: string; state: "can" | "cannot" | "locked"; sentence: string }

// ── Home ─────────────────────────────────────────────────────────────────────────────────────────────────────────
// GET T/home → Home
export interface Home { verdict: { state: "ok" | "person" | "failed" | "setup"; sentence: string }; checklist: ChecklistItem[] | null; channels: ChannelHealth[]; panels: PanelHealth[]; credits: { messages_left: number; balance: Micros; days_left: number | null; per_day: Micros }; need_person: number; oldest_need_person_at: Instant | null; today: { messages: number; orders: number; by_outcome: { outcome: Outcome; count: number }[]; usual_orders: number | null }; silent_mode: boolean }
export interface ChannelHealth { id: Id; name: string; channel: Channel; state: ChannelState; state_text: string; since: Instant; last_in_at: Instant | null; last_out_at: Instant | null }
export interface PanelHealth { id: Id; name: string; state: "ok" | "down" | "unknown"; sentence: string; last_answer_at: Instant | null }
export type Channel = "telegram_bot" | "telegram_account" | "whats_app" | "test_room";
export type ChannelState = "connecting" | "online" | "backing_off" | "logged_out" | "disabled";

// ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────
// GET  T/requests?view=all|open|person|closed&command=&outcome=&panel=&provider=&channel=&customer=&assignee=&q=&ids=1,2&from=&to=&limit&after → Page<RequestRow>
// GET  T/requests/counts → { open: number; person: number }
// GET  T/requests/{id} → RequestDetail
// POST T/requests/actions { ids: Id[] (≤100), action: "retry" | "close" | "assign" | "reopen", assignee?: Id | null, note?: string } → ActionResult   (Idempotency-Key)
// GET  T/requests.csv?(same filters) → text/csv of exactly what is shown (cells escaped)
export interface RequestRow { id: Id; at: Instant; customer: CustomerRef | null; sender: string; channel: Channel; chat: { id: Id; kind: "direct" | "group"; title: string }; panel: { id: Id; name: string } | null; order_id: string; command: Command; outcome: Outcome; state: RequestState; sentence: string; provider_alias: string | null; cost: Micros; closed_at: Instant | null; assignee: AccountRef | null; test: boolean }
export type Outcome = "refill_requested" | "still_pending_speed_up" | "cancel_requested" | "speed_up_requested" | "status_told" | "refund_queued" | "not_yours" | "not_eligible" | "already_open" | "cooling_down" | "still_wanted" | "confirm_first" | "staff" | "panel_unavailable";
export type Command = "refill" | "cancel" | "speed_up" | "status" | "refund";
export type RequestState = "person" | "failed" | "under_way" | "done" | "refused" | "closed";
export interface CustomerRef { id: Id; name: string }
export interface AccountRef { id: Id; username: string }
export interface RequestDetail extends RequestRow { message_text: string | null; external_ids: string[]; order_status: string | null; staff_reason: string | null; note: string; timeline: TimelineStep[]; actions: RequestAction[] }
export interface TimelineStep { key: "message" | "parsed" | "owner" | "status" | "rule" | "panel" | "reply" | "forward" | "cost" | "closed" | "note"; state: "done" | "refused" | "person" | "failed" | "under_way" | "waiting"; title: string; detail: string; at: Instant | null; ms: number | null }
export interface RequestAction { action: "retry" | "close" | "assign" | "reopen" | "resend_forward"; allowed: boolean; why: string }
export interface ActionResult { done: Id[]; refused: { id: Id; why: string }[] }

// ── Test room ────────────────────────────────────────────────────────────────────────────────────────────────────
// POST T/test-room/messages { text, customer: Id | null, kind: "direct" | "group", previous?: string } → TestRun   (reads the panel; acts, sends and charges nothing)
// GET  T/test-room/examples → Example[]      POST T/test-room/examples { name, text, customer, kind, expect_replies: string[] } → 201 Example
// POST T/test-room/examples/run { ids?: Id[] } → ExampleResult[]     DELETE T/test-room/examples/{id} → 204
export interface TestRun { id: Id; text: string; replies: string[]; forwards: { provider_alias: string; to: string; text: string }[]; steps: TestStep[]; orders: TestOrder[]; cost: Micros; charged: boolean; took_ms: number }
export interface TestStep { key: "parsed" | "owner" | "status" | "rule" | "reply" | "forward" | "cost"; state: "done" | "refused" | "person" | "failed" | "waiting"; title: string; detail: string; ms: number }
export interface TestOrder { order_id: string; command: Command; verdict: "acts" | "answers" | "person"; sentence: string; steps: TestStep[] }
export interface Example { id: Id; name: string; text: string; customer: CustomerRef | null; kind: "direct" | "group"; expect_replies: string[]; created_at: Instant; last: { at: Instant; passed: boolean } | null }
export interface ExampleResult { id: Id; passed: boolean; got: string[]; expected: string[] }

// ── Inbox ────────────────────────────────────────────────────────────────────────────────────────────────────────
// GET  T/chats?account=&q=&kind=&unread=true&after → Page<ChatRow> (newest first)
// GET  T/chats/{id} → ChatRow
// GET  T/chats/{id}/messages?before=<cursor>&limit → Page<ChatMessage> (newest first)
// POST T/chats/{id}/messages { text, reply_to?: string } → 202 ChatMessage  (a person's answer; Idempotency-Key; pauses the bot in that chat)
// POST T/chats/{id}/read → 204      PUT T/chats/{id}/bot { paused: boolean, minutes?: number } → ChatRow
// PUT  T/chats/{id}/mode { mode: "support"|"silent"|"off" } → ChatRow
export interface ChatRow { id: Id; account: { id: Id; name: string; channel: Channel }; kind: "direct" | "group"; title: string; customer: CustomerRef | null; party: "none" | "customer" | "provider"; mode: "support" | "silent" | "off"; unread: number; last: { at: Instant; text: string; from: "customer" | "bot" | "person" } | null; bot_paused_until: Instant | null; lost_reason: string | null }
export interface ChatMessage { id: Id; direction: "in" | "out"; by: "customer" | "bot" | "person"; sender: string; text: string; at: Instant; state: "received" | "queued" | "sending" | "sent" | "refused" | "unknown" | "silent"; error: string | null; reply_to: string | null; requests: { id: Id; order_id: string; command: Command; sentence: string }[]; price: Micros }

// ── Channels ─────────────────────────────────────────────────────────────────────────────────────────────────────
// GET T/channels → ChannelCard[]     POST T/channels/telegram-bots { name, token } → 201 ChannelCard   (field error at `token` when broken; 409 channel-taken)
// POST T/channels/{id}/token { token } → ChannelCard      POST T/channels/{id}/check → ChannelCard
// PATCH T/channels/{id} { name?, enabled? } → ChannelCard     DELETE T/channels/{id} → 204 (disconnect; history is kept)
// GET T/channels/{id}/groups?after&q → Page<GroupRow>      (mode is changed by PUT T/chats/{id}/mode)
// POST T/bind-codes { purpose: "customer_group" | "provider_group", account: Id, provider?: Id, topic?: string } → BindCode   (single use)
// GET  T/bind-codes/{code} → BindCode
export interface ChannelCard { id: Id; name: string; channel: Channel; username: string; state: ChannelState; state_text: string; received_elsewhere: boolean; next: string; since: Instant; last_in_at: Instant | null; last_out_at: Instant | null; queued: number; today: { in: number; out: number; refused: number }; reads_groups: boolean; privacy_warning: string | null; groups: { support: number; silent: number; off: number }; history: { at: Instant; state: ChannelState; text: string }[] }
export interface GroupRow { id: Id; title: string; mode: "support" | "silent" | "off"; party: "none" | "customer" | "provider"; provider_alias: string | null; customer: CustomerRef | null; acts_as_one: boolean; last_at: Instant | null; lost_reason: string | null }
// GET T/chats/{id}/members → GroupMembers      PUT T/chats/{id}/acts-as { customer: Id | null } → GroupMembers      POST T/channels/{id}/take-over → ChannelCard
export interface GroupMembers { acts_as_one: boolean; since: Instant | null; members: GroupMember[] }
export interface GroupMember { id: Id; display_name: string; network_id: string; customer: CustomerRef | null; since: Instant; is_late: boolean }
export interface BindCode { code: string; purpose: "customer_group" | "provider_group"; link: string; words: string; expires_at: Instant; state: "waiting" | "bound" | "expired" | "refused"; chat: { id: Id; title: string } | null; refused_why: string | null }

// ── Panels ───────────────────────────────────────────────────────────────────────────────────────────────────────
// GET T/panels → PanelCard[]   POST T/panels { name, url, kind?: PanelKind|null, key, time_zone?, min_gap_ms? } → 201 PanelCard (saved even when down; report says so)
// POST T/panels/check { url, kind?, key } → KeyReport     POST T/panels/{id}/check → PanelCard
// PATCH T/panels/{id} { name?, key?, time_zone?, min_gap_ms? } → PanelCard    DELETE T/panels/{id} → 204 (409 panel-in-use with what hangs on it)
export interface PanelCard { id: Id; name: string; kind: PanelKind; url: string; time_zone: string; min_gap_ms: number; report: KeyReport; key_hint: string; last_answer_at: Instant | null; customers: number; created_at: Instant }

// ── Providers ────────────────────────────────────────────────────────────────────────────────────────────────────
// GET T/providers?after&q → Page<ProviderRow>   POST T/providers { alias, names?: string[] } → 201 ProviderRow   PATCH T/providers/{id} { alias?, names? }   DELETE T/providers/{id}
// GET T/providers/unrouted → Unrouted[]  (providers found in orders without alias or route)
// POST T/providers/{id}/reveal → { names: string[] }  (audited)    GET T/providers/{id} → ProviderRow
// POST T/providers/{id}/routes { chat: Id, topic?, template?, piece_size?, join_ms? } → 201 RouteRow   PATCH / DELETE T/providers/{id}/routes/{route}
// POST T/providers/preview { template: string|null } → { text: string }
export interface ProviderRow { id: Id; alias: string; name_count: number; routes: RouteRow[]; waiting: number; last_forward_at: Instant | null }
export interface RouteRow { id: Id; chat: { id: Id; title: string; account: string; lost_reason: string | null }; topic: string; template: string | null; piece_size: number; join_ms: number; preview: string }
export interface Unrouted { key: string; orders: number; last_at: Instant; masked_name: string; provider: { id: Id; alias: string } | null; why: "no_alias" | "no_route" }

// ── Customers ────────────────────────────────────────────────────────────────────────────────────────────────────
// GET T/customers?after&q → Page<CustomerRow>     POST T/customers { name, links: { panel: Id, username: string }[] } → 201 CustomerRow     GET/PATCH/DELETE T/customers/{id}
// POST T/customers/{id}/links { panel, username } → CustomerRow    DELETE T/customers/{id}/links/{panel}/{username} → CustomerRow
// GET T/identities?unlinked=true&q&after → Page<IdentityRow>     POST T/identities/{id}/link { customer: Id } → IdentityRow    POST T/identities/{id}/unlink    POST T/identities/{id}/unmute
// POST T/customers/import/preview { csv: string } → ImportPreview   (≤ 5 MB; 413 otherwise)      POST T/customers/import { csv, digest } → ImportDone     GET T/customers.csv
export interface CustomerRow { id: Id; name: string; links: { panel: Id; panel_name: string; username: string }[]; identities: IdentityRow[]; open_requests: number; last_seen_at: Instant | null; created_at: Instant }
export interface IdentityRow { id: Id; channel: Channel; network_id: string; display_name: string; customer: CustomerRef | null; proof: string | null; linked_at: Instant | null; last_seen_at: Instant; misses: number; muted_until: Instant | null }
export interface ImportPreview { digest: string; adds: number; changes: number; same: number; rejected: { line: number; text: string; why: string }[]; sample: { line: number; name: string; before: string | null; after: string; kind: "add" | "change" | "same" }[]; columns: string[] }
export interface ImportDone { added: number; changed: number; same: number; rejected: number }

// ── Replies (texts), settings ────────────────────────────────────────────────────────────────────────────────────
// GET T/replies?lang=en → ReplyText[]      PUT T/replies/{key} { lang, text } → ReplyText      DELETE T/replies/{key}?lang → ReplyText (back to default)
// POST T/replies/preview { key, lang, text, order?: { panel: Id, order_id: string } } → { text: string; order: string; problems: string[] }
export interface ReplyText { key: string; lang: string; title: string; when: string; text: string; default_text: string; changed: boolean; variables: { name: string; meaning: string; sample: string }[]; preview: string; group: string }
// GET T/settings → Settings      PATCH T/settings Partial<SettingsEdit> → Settings
export interface Settings { reply_style: "auto" | "per_order" | "grouped"; silent_mode: boolean; languages: string[]; language: string; time_zone: string; style_costs: { style: "auto" | "per_order" | "grouped"; replies_for_100: number; cost_for_100: Micros; seconds_for_100: number }[]; pause_minutes: number; retention_days: number; shop_name: string }
export interface SettingsEdit { reply_style: "auto" | "per_order" | "grouped"; silent_mode: boolean; language: string; time_zone: string; pause_minutes: number; retention_days: number; shop_name: string }

// ── Wallet ───────────────────────────────────────────────────────────────────────────────────────────────────────
// GET T/wallet → Wallet     GET T/wallet/ledger?kind=&after → Page<LedgerRow>    POST T/wallet/replay → { replayed: number }
export interface Wallet { balance: Micros; held: Micros; messages_left: number; days_left: number | null; per_day: Micros; prices: { channel: Channel; kind: "direct" | "group"; purpose: "reply" | "forward"; price: Micros }[]; held_messages: number }
export interface LedgerRow { id: number; at: Instant; kind: "grant" | "hold" | "settle" | "release"; amount: Micros; balance_after: Micros; held_after: Micros; reason: string; what: string; ref: Id | null }

// ── Search, audit, members ───────────────────────────────────────────────────────────────────────────────────────
// GET T/search?q= → { orders: { order_id, requests: number }[]; customers: CustomerRef[]; chats: { id, title }[]; providers: { id, alias }[] }
// GET T/audit?after → Page<{ id, at, actor, action, subject, detail }>     GET T/members → AccountRef[]

// ── Platform console ─────────────────────────────────────────────────────────────────────────────────────────────
// GET /api/v1/admin/users?q&state&after → Page<AdminUser>    GET /api/v1/admin/users/{id} → AdminUserDetail
// POST /api/v1/admin/users/{id}/suspend|ban|reinstate { reason } → AdminUser     POST /api/v1/admin/users/{id}/credits { micros (signed), reason } → AdminUser (Idempotency-Key)
export interface AdminUser { id: Id; username: string; state: "active" | "suspended" | "banned"; state_reason: string; created_at: Instant; signup_ip: string; last_login_ip: string | null; last_login_at: Instant | null; tenant: Id | null; tenant_state: TenantAccess["state"] | null; channels: number; balance: Micros | null }
export interface AdminUserDetail extends AdminUser { whatsapp_number: string; telegram_username: string; logins: LoginEvent[]; audit: { at: Instant; actor: string; action: string; reason: string }[] }

// ── Live ─────────────────────────────────────────────────────────────────────────────────────────────────────────
// WS /api/v1/live  (cookie session; Origin checked). Client sends { "tenant": Id } once; server sends
//   { "topic": "requests" | "chats" | "channels" | "panels" | "wallet" | "setup" | "providers" | "customers", "ids": Id[] } — a hint to refetch; { "topic": "hello", "seq": n } at start; closes 4401 when the session ended, 4403 when no longer allowed.
