import { Check, Minus } from "lucide-react";
import { useState } from "react";
import type { Settings } from "../../api/contract";
import { useT } from "../../i18n";
import { Button, Dialog, Option, State, Switch } from "../../ui";
import { useChange } from "./useChange";

/** What goes on and what stops, in words, before it is switched on: from then on customers hear nothing. */
export function Silent({ settings }: { settings: Settings }) {
  const t = useT();
  const { change, busy } = useChange(settings);
  const [asking, setAsking] = useState(false);
  const on = settings.silent_mode;
  return (
    <Option title={t("settings.silent")} about={t("settings.silent.about")}>
      <div className="stack gap-3">
        <div className="row">
          <div className="grow">
            <p>{settings.shop_name}</p>
            <p className="mut sm">{on ? t("settings.silent.is_on") : t("settings.silent.is_off")}</p>
          </div>
          <span className="row end">
            <State tone={on ? "pause" : "done"}>
              {on ? t("settings.silent.on") : t("settings.silent.live")}
            </State>
            <Switch
              label={t("settings.silent")}
              checked={on}
              onChange={(wanted) => {
                if (wanted) setAsking(true);
                else change({ silent_mode: false }, t("settings.silent.ended"));
              }}
            />
          </span>
        </div>
        <What />
      </div>
      {asking && (
        <Dialog
          title={t("settings.silent.ask")}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>{t("settings.silent.stay")}</Button>
              <Button
                go
                busy={busy}
                onClick={() =>
                  change({ silent_mode: true }, t("settings.silent.begun"), () => setAsking(false))
                }
              >
                {t("settings.silent.begin")}
              </Button>
            </>
          }
        >
          <p>{t("settings.silent.effect")}</p>
          <What />
        </Dialog>
      )}
    </Option>
  );
}

const GOES_ON = ["settings.silent.read", "settings.silent.log"] as const;
const STOPS = ["settings.silent.send", "settings.silent.act", "settings.silent.charge"] as const;

function What() {
  const t = useT();
  return (
    <div className="can-two stack gap-1">
      <p className="two">{t("settings.silent.while")}</p>
      <ul className="can">
        {GOES_ON.map((id) => (
          <li key={id}>
            <Check className="i s" aria-hidden="true" />
            {t(id)}
          </li>
        ))}
        {STOPS.map((id) => (
          <li key={id} className="no">
            <Minus className="i s" aria-hidden="true" />
            {t(id)}
          </li>
        ))}
      </ul>
    </div>
  );
}
