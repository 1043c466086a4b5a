import { MessageCircle, Truck, Users } from "lucide-react";
import { useT } from "../../i18n";
import { Bubble, Sec } from "../../ui/bits";

/** Made up, and said so: what the shop's customers will read. */
export function ExampleChat() {
  const t = useT();
  return (
    <Sec title={t("home.example")} about={t("home.example.about")}>
      <div className="preview">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keyboards must reach it */}
        <div className="chat" role="log" tabIndex={0} aria-label={t("home.example")}>
          <Bubble out meta="09:14">
            481799696,481799190 refill
          </Bubble>
          <Bubble meta="09:14">
            <span className="id">481799190</span>: {t("home.example.sent")}
          </Bubble>
          <Bubble meta="09:14">
            <span className="id">481799696</span>: {t("home.example.refused")}
          </Bubble>
          <p className="day">{t("home.example.later")}</p>
          <Bubble meta="08:40">
            <span className="id">481799190</span>: {t("home.example.done")}
          </Bubble>
        </div>
      </div>
      <p className="hint mt-2">{t("home.example.change")}</p>
    </Sec>
  );
}

export function GoodToHave() {
  const t = useT();
  const things = [
    { icon: MessageCircle, title: t("home.have.bot"), about: t("home.have.bot.about") },
    { icon: Truck, title: t("home.have.groups"), about: t("home.have.groups.about") },
    { icon: Users, title: t("home.have.list"), about: t("home.have.list.about") },
  ];
  return (
    <Sec title={t("home.have")}>
      <ul className="lines">
        {things.map(({ icon: Icon, title, about }) => (
          <li key={title}>
            <Icon className="i" aria-hidden="true" />
            <div className="grow">
              <p>{title}</p>
              <p className="mut sm">{about}</p>
            </div>
          </li>
        ))}
      </ul>
    </Sec>
  );
}
