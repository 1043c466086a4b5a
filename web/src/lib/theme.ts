// Light, dark or as the system says; kept on this device so that the first paint is right, and with the account.
import type { Account } from "../api/contract";
import { readStored, writeStored } from "../i18n";

export type Theme = Account["theme"];
const STORED = "switchboard.theme";

export function storedTheme(): Theme {
  const stored = readStored(STORED);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function applyTheme(theme: Theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  writeStored(STORED, theme);
}
