// A search over the list under it. What is typed goes into the address after a pause, so Back and links keep it.
import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useT } from "../i18n";
import { Button } from "./Button";

const PAUSE_MS = 250;

export function SearchField(props: {
  label: string;
  value: string;
  onSearch: (value: string) => void;
  className?: string;
  autoFocus?: boolean;
}) {
  const t = useT();
  const [typed, setTyped] = useState(props.value);
  const sent = useRef(props.value);
  const onSearch = useRef(props.onSearch);
  useEffect(() => {
    onSearch.current = props.onSearch;
  });
  // Back, or a link: the address knows better than the field.
  useEffect(() => {
    if (props.value === sent.current) return;
    sent.current = props.value;
    setTyped(props.value);
  }, [props.value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      onSearch.current(wanted);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div className={`seek ${props.className ?? ""}`}>
      <Search className="i" aria-hidden="true" />
      <input
        className="input"
        type="search"
        aria-label={props.label}
        placeholder={props.label}
        autoComplete="off"
        autoFocus={props.autoFocus}
        enterKeyHint="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed !== "") {
            event.stopPropagation();
            setTyped("");
          }
        }}
      />
      {typed !== "" && <Button bare icon={X} label={t("common.clear_search")} onClick={() => setTyped("")} />}
    </div>
  );
}
