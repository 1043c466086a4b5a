// The ids of all messages, from the English catalogues. A new catalogue adds a line here; a test finds a forgotten one.
import type account from "./en/account.json";
import type auth from "./en/auth.json";
import type common from "./en/common.json";
import type home from "./en/home.json";
import type shell from "./en/shell.json";
import type wallet from "./en/wallet.json";

export type MessageId =
  | keyof typeof account
  | keyof typeof auth
  | keyof typeof common
  | keyof typeof home
  | keyof typeof shell
  | keyof typeof wallet;
