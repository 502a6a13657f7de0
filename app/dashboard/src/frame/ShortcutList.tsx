import { Dialog } from "@/components/Dialog";
import { NAVIGATION } from "@/screens/registry";
import styles from "./ShortcutList.module.css";

const GENERAL = [
  ["?", "This list"],
  ["/", "Search"],
  ["Shift+H", "Stop"],
  ["j k", "Next and previous row"],
  ["Enter", "Open the row"],
] as const;

/** Every shortcut; they are turned off in the menu. */
export function ShortcutList({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const screens = NAVIGATION.map(({ key, label }) => [`g ${key}`, label] as const);
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose}>
      <dl className={styles.list}>
        {[...GENERAL, ...screens].map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="small soft">They never act while you type. The menu at the top right turns them off.</p>
    </Dialog>
  );
}
