import { useQuery } from "@tanstack/react-query";
import { homeQuery } from "../../api/queries";
import { useT } from "../../i18n";
import { useNow } from "../../lib/hooks";
import { useFormat, useTenant } from "../../lib/session";
import { Page } from "../../shell/Page";
import { Loaded, SkeletonLines } from "../../ui/Loaded";

export function HomePage() {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const tenant = useTenant();
  const home = useQuery(homeQuery(tenant.tenant));
  return (
    <Page title={t("home.title")} about={t("home.in_zone", { when: format.weekday(now), zone: format.zone })}>
      <Loaded query={home} skeleton={<SkeletonLines label={t("common.loading")} />}>
        {(data) => <p className="head2">{data.verdict.sentence}</p>}
      </Loaded>
    </Page>
  );
}
