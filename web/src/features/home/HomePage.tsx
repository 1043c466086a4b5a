// “Is everything working?” in one look. Before that: the making of the shop, then the checklist.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "../../api/keys";
import { homeQuery, setupQuery } from "../../api/queries";
import { useT } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useFormat, useSession, useTenant } from "../../lib/session";
import { Page } from "../../shell/Page";
import { Loaded, SkeletonLines } from "../../ui/Loaded";
import { Checklist } from "./Checklist";
import { Making } from "./Making";
import { Overview } from "./Overview";

const ASK_MS = 1000;

export function HomePage() {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const tenant = useTenant();
  const { can } = useSession();
  const client = useQueryClient();
  const making = tenant.state === "provisioning";
  const setup = useQuery({
    ...setupQuery,
    enabled: making,
    // The saga goes on without us; hints come, but asking each second also survives a server that restarts meanwhile.
    refetchInterval: (query) => (query.state.data?.provisioning.state === "done" ? false : ASK_MS),
  });
  const settled = setup.data !== undefined && setup.data.provisioning.state !== "running";
  const seenAt = setup.dataUpdatedAt;
  useEffect(() => {
    // “Waiting” is for the panel only: the shop itself may be open already, and only `me` says so.
    if (making && settled && seenAt > 0) void client.invalidateQueries({ queryKey: keys.me, exact: true });
  }, [making, settled, seenAt, client]);

  const home = useQuery({ ...homeQuery(tenant.tenant), enabled: !making });
  const place = format.zone.split("/").at(-1)?.replaceAll("_", " ") ?? format.zone;

  if (making) {
    return (
      <Page title={t("home.title")} about={t("home.welcome")}>
        <Loaded query={setup} skeleton={<SkeletonLines label={t("common.loading")} lines={6} />}>
          {(data) => <Making setup={data} username={tenant.name} />}
        </Loaded>
      </Page>
    );
  }
  const settingUp = home.data?.checklist != null;
  return (
    <Page
      title={t("home.title")}
      about={
        settingUp
          ? t("home.setting_up", { shop: tenant.name })
          : t("home.in_zone", { when: format.weekday(now), zone: place })
      }
    >
      <Loaded query={home} skeleton={<SkeletonLines label={t("common.loading")} lines={8} />}>
        {(data) => (
          <>
            {data.checklist && <Checklist home={data} items={data.checklist} />}
            {(!data.checklist || data.channels.length > 0) && (
              <Overview
                home={data}
                tenant={tenant.tenant}
                quiet={data.checklist !== null}
                acts={can("requests.read")}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
