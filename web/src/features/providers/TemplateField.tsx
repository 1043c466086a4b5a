// What is written to a provider's group, with the message as it would stand there beside it.
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { fieldErrors } from "../../api/problem";
import { useT } from "../../i18n";
import { useDebounced } from "../../lib/hooks";
import { insertAtCursor } from "../../lib/insert";
import { useTenant } from "../../lib/session";
import { Bubble, Field, useProblemText } from "../../ui";
import { previewQuery } from "./queries";
import { OUR_TEMPLATE, templateOf, VARIABLES } from "./style";

export function TemplateField(props: {
  value: string;
  onChange: (text: string) => void;
  error: string | undefined;
}) {
  const t = useT();
  const text = useProblemText();
  const { tenant } = useTenant();
  const field = useRef<HTMLTextAreaElement>(null);
  const settled = useDebounced(props.value, 300);
  const preview = useQuery({ ...previewQuery(tenant, templateOf(settled)), retry: false });
  const wrong = preview.isError
    ? (fieldErrors(preview.error).template?.message ?? text(preview.error))
    : undefined;
  return (
    <>
      <Field
        label={t("providers.template")}
        hint={t("providers.template_hint")}
        error={props.error ?? wrong}
        aside={
          props.value !== OUR_TEMPLATE && (
            <button type="button" className="linklike" onClick={() => props.onChange(OUR_TEMPLATE)}>
              {t("providers.template_ours")}
            </button>
          )
        }
      >
        {(control) => (
          <textarea
            {...control}
            ref={field}
            className="input mono"
            rows={3}
            dir="auto"
            maxLength={500}
            spellCheck={false}
            value={props.value}
            onChange={(event) => props.onChange(event.target.value)}
          />
        )}
      </Field>
      <div className="chips vars" role="group" aria-label={t("providers.variables")}>
        {VARIABLES.map((name) => (
          <button
            key={name}
            type="button"
            className="chip mono"
            title={t(`providers.variable.${name}`)}
            onClick={() => field.current && props.onChange(insertAtCursor(field.current, `{${name}}`))}
          >
            {`{${name}}`}
          </button>
        ))}
      </div>
      <div className="stack gap-1">
        <p className="lab">{t("providers.preview")}</p>
        <div className="chat mini" aria-live="polite">
          {preview.data && !wrong ? (
            <Bubble>
              <span className="mono">{preview.data.text}</span>
            </Bubble>
          ) : (
            <p className="mut">{wrong ? t("providers.preview_none") : "…"}</p>
          )}
        </div>
      </div>
    </>
  );
}
