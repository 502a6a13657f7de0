import { CircleUser, Menu } from "lucide-react";
import { type RefObject, useEffect, useId, useRef } from "react";
import { NavLink, useLocation } from "react-router";
import { useAction } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { CheckField, SelectField } from "@/components/Field";
import { Failure } from "@/components/States";
import { Time } from "@/components/Time";
import { ZONE_LABELS, ZONES } from "@/format/times";
import { useSession, useSignOut } from "@/hooks/useSession";
import { THEMES, useSetting } from "@/hooks/useSetting";
import { NAVIGATION } from "@/screens/registry";
import styles from "./AccountMenu.module.css";

const THEME_LABELS = { system: "As the device", light: "Light", dark: "Dark" } as const;

/** Who is signed in, how the page looks, the way out; on a phone the other screens too. */
export function AccountMenu() {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  useCloseOnMove(menu);
  return (
    <>
      <button type="button" className={styles.button} popoverTarget={id} aria-label="Menu and account">
        <CircleUser className={styles.wide} size={22} strokeWidth={1.75} aria-hidden="true" />
        <Menu className={styles.narrow} size={22} strokeWidth={1.75} aria-hidden="true" />
      </button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        className={styles.menu}
        role="dialog"
        aria-label="Menu and account"
      >
        <nav className={styles.screens} aria-label="All screens">
          {NAVIGATION.map(({ path, label, icon: Icon }) => (
            <NavLink key={path} to={path} end={path === "/"} className={styles.screen ?? ""}>
              <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
              {label}
            </NavLink>
          ))}
        </nav>
        <Preferences />
        <Account />
      </div>
    </>
  );
}

function useCloseOnMove(menu: RefObject<HTMLDivElement | null>) {
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes whenever the address changes.
  useEffect(() => {
    menu.current?.hidePopover?.();
  }, [pathname, menu]);
}

function Preferences() {
  const [theme, setTheme] = useSetting("theme");
  const [zone, setZone] = useSetting("zone");
  const [shortcuts, setShortcuts] = useSetting("shortcuts");
  const [paused, setPaused] = useSetting("paused");
  return (
    <div className={styles.section}>
      <SelectField
        label="Theme"
        value={theme}
        onChange={(event) => choose(THEMES, event.target.value, setTheme)}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {THEME_LABELS[name]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Time zone"
        value={zone}
        onChange={(event) => choose(ZONES, event.target.value, setZone)}
      >
        {ZONES.map((name) => (
          <option key={name} value={name}>
            {ZONE_LABELS[name]}
          </option>
        ))}
      </SelectField>
      <CheckField
        label="Keyboard shortcuts"
        checked={shortcuts}
        onChange={(event) => setShortcuts(event.target.checked)}
      />
      <CheckField
        label="Pause updates"
        checked={paused}
        onChange={(event) => setPaused(event.target.checked)}
      />
    </div>
  );
}

function choose<T extends string>(words: readonly T[], value: string, set: (word: T) => void) {
  const chosen = words.find((word) => word === value);
  if (chosen !== undefined) {
    set(chosen);
  }
}

function Account() {
  const { data: session } = useSession();
  const leaving = useAction(useSignOut());
  if (!session) {
    return null;
  }
  return (
    <div className={styles.section}>
      <div className="row spread small">
        <span>
          Signed in as <Badge>{session.role}</Badge>
        </span>
        {session.expires_at && (
          <span className="soft">
            until <Time at={session.expires_at} show="short" withZone />
          </span>
        )}
      </div>
      <div className="row">
        <Button
          size="small"
          isPending={leaving.isPending}
          onClick={() => leaving.mutate({ everywhere: false })}
        >
          Sign out
        </Button>
        <Button
          kind="quiet"
          isPending={leaving.isPending}
          onClick={() => leaving.mutate({ everywhere: true })}
        >
          On every device
        </Button>
      </div>
      {leaving.error && <Failure error={leaving.error} />}
    </div>
  );
}
