import { NavLink } from "react-router";
import styles from "./Tabs.module.css";

interface Tab {
  label: string;
  to: string;
  count?: number;
}

/** Parts of a screen, each with an address of its own: links, so that *back* and a new tab work. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ label: name, to, count }) => (
        <NavLink key={to} to={to} end className={styles.tab ?? ""}>
          {name}
          {count !== undefined && <span className={styles.count}>{count}</span>}
        </NavLink>
      ))}
    </nav>
  );
}
