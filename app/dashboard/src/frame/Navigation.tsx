import { NavLink } from "react-router";
import { NAVIGATION, type NavigationScreen } from "@/screens/registry";
import styles from "./Navigation.module.css";
import { StopButton } from "./StopButton";
import { useWaitingApprovals } from "./useFrameFacts";

/** Every screen, at the side of a wide page. */
export function SideBar() {
  const waiting = useWaitingApprovals();
  return (
    <nav className={styles.side} aria-label="Screens">
      <ul>
        {NAVIGATION.map((screen) => (
          <li key={screen.path}>
            <ScreenLink screen={screen} waiting={waiting} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The five places of a phone: four screens and Stop. */
export function BottomBar({ onStop }: { onStop: () => void }) {
  const waiting = useWaitingApprovals();
  return (
    <nav className={styles.bottom} aria-label="Main screens">
      {NAVIGATION.filter((screen) => screen.onPhone).map((screen) => (
        <ScreenLink key={screen.path} screen={screen} waiting={waiting} />
      ))}
      <StopButton onStop={onStop} />
    </nav>
  );
}

function ScreenLink({ screen, waiting }: { screen: NavigationScreen; waiting: number }) {
  const { path, label, icon: Icon, counts } = screen;
  const count = counts === "approvals" ? waiting : 0;
  return (
    <NavLink to={path} end={path === "/"} className={styles.link ?? ""}>
      <Icon size={19} strokeWidth={1.75} aria-hidden="true" />
      <span className={styles.label}>{label}</span>
      {count > 0 && (
        <span className={styles.count}>
          {count}
          <span className="visually-hidden"> waiting</span>
        </span>
      )}
    </NavLink>
  );
}
