// The ids of all messages, from the English catalogues. A new catalogue adds a line here; a test finds a forgotten one.
import type account from "./en/account.json";
import type admin from "./en/admin.json";
import type bind from "./en/bind.json";
import type channels from "./en/channels.json";
import type common from "./en/common.json";
import type customers from "./en/customers.json";
import type door from "./en/door.json";
import type home from "./en/home.json";
import type inbox from "./en/inbox.json";
import type panels from "./en/panels.json";
import type providers from "./en/providers.json";
import type replies from "./en/replies.json";
import type requests from "./en/requests.json";
import type room from "./en/room.json";
import type settings from "./en/settings.json";
import type shell from "./en/shell.json";
import type signup from "./en/signup.json";
import type wallet from "./en/wallet.json";

export type MessageId =
  | keyof typeof account
  | keyof typeof admin
  | keyof typeof bind
  | keyof typeof channels
  | keyof typeof common
  | keyof typeof customers
  | keyof typeof door
  | keyof typeof home
  | keyof typeof panels
  | keyof typeof inbox
  | keyof typeof providers
  | keyof typeof replies
  | keyof typeof requests
  | keyof typeof room
  | keyof typeof settings
  | keyof typeof shell
  | keyof typeof signup
  | keyof typeof wallet;
