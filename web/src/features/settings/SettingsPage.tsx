import { useQuery } from "@tanstack/react-query";
import { VolumeX } from "lucide-react";
import type { Settings } from "../../api/contract";
import { useT } from "../../i18n";
import { useSession, useTenant } from "../../lib/session";
import { Top } from "../../shell/Page";
import { Banner, Button, Loaded, Note, SkeletonLines } from "../../ui";
import "../../styles/shop.css";
import "../../styles/setup.css";
import { Language, Pause } from "./Answering";
import { Kept } from "./Kept";
import { settingsQuery } from "./queries";
import { ReplyStyle } from "./ReplyStyle";
import { Shop } from "./Shop";
import { Silent } from "./Silent";
import { useChange } from "./useChange";

export function SettingsPage() {
  const t = useT();
  const { tenant } = useTenant();
  const settings = useQuery(settingsQuery(tenant));
  return (
    <>
      <Top title={t("settings.title")} about={settings.data && t("settings.about")} />
      <Loaded
        query={settings}
        skeleton={
          <div className="page">
            <SkeletonLines label={t("common.loading")} lines={10} />
          </div>
        }
      >
        {(data) => <Body settings={data} />}
      </Loaded>
    </>
  );
}

function Body({ settings }: { settings: Settings }) {
  const t = useT();
  const { can } = useSession();
  const manage = can("settings.manage");
  const { change, busy } = useChange(settings);
  return (
    <>
      {settings.silent_mode && (
        <Banner
          icon={VolumeX}
          action={
            manage && (
              <Button busy={busy} onClick={() => change({ silent_mode: false }, t("settings.silent.ended"))}>
                {t("settings.silent.end")}
              </Button>
            )
          }
        >
          {t("settings.silent.banner")}
        </Banner>
      )}
      <div className="page">
        {!manage && <Note>{t("settings.ask_owner")}</Note>}
        <fieldset className="opts" disabled={!manage} aria-label={t("settings.title")}>
          <ReplyStyle settings={settings} />
          <Silent settings={settings} />
          <Language settings={settings} />
          <Pause settings={settings} />
          <Shop settings={settings} />
          <Kept settings={settings} />
        </fieldset>
      </div>
    </>
  );
}
