import { Link, type LinkProps } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import { type ButtonHTMLAttributes, type ReactNode, useId } from "react";

interface Look {
  /** One filled button per view. */
  go?: boolean;
  bare?: boolean;
  danger?: boolean;
  icon?: LucideIcon;
  className?: string;
}

function look({ go, bare, danger, className }: Look, square: boolean) {
  return ["btn", go && "go", bare && "bare", danger && "danger", square && "sq", className]
    .filter(Boolean)
    .join(" ");
}

type ButtonProps = Look &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> & {
    children?: ReactNode;
    /** Why it cannot be pressed now; shown beside it, so that it is never a dead button. */
    why?: string | undefined;
    /** Hide the sentence because it stands somewhere else on the page, for instance in a cell. */
    whyHidden?: boolean;
    /** Working: keeps its width and ignores further presses. */
    busy?: boolean;
    /** Icon only: the name for those who do not see it. */
    label?: string;
  };

export function Button(props: ButtonProps) {
  const {
    go,
    bare,
    danger,
    icon: Icon,
    className,
    why,
    whyHidden,
    busy,
    label,
    children,
    onClick,
    type,
    ...rest
  } = props;
  const id = useId();
  const asleep = Boolean(why) || Boolean(busy);
  const button = (
    <button
      {...rest}
      type={type ?? "button"}
      className={look(
        {
          ...(go && { go }),
          ...(bare && { bare }),
          ...(danger && { danger }),
          ...(className && { className }),
        },
        children === undefined,
      )}
      aria-label={label}
      title={children === undefined ? label : rest.title}
      aria-disabled={why ? true : undefined}
      aria-busy={busy || undefined}
      aria-describedby={why ? id : rest["aria-describedby"]}
      onClick={(event) => {
        if (asleep) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {Icon && <Icon className="i" aria-hidden="true" />}
      {children}
    </button>
  );
  if (!why) return button;
  return (
    <>
      {button}
      <span className={whyHidden ? "vh" : "hint"} id={id}>
        {why}
      </span>
    </>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: LinkProps & Look & { children?: ReactNode; label?: string }) {
  const { go, bare, danger, icon: Icon, className, label, children, ...link } = props;
  return (
    <Link
      {...link}
      aria-label={label}
      className={look(
        {
          ...(go && { go }),
          ...(bare && { bare }),
          ...(danger && { danger }),
          ...(className && { className }),
        },
        children === undefined,
      )}
    >
      {Icon && <Icon className="i" aria-hidden="true" />}
      {children}
    </Link>
  );
}
