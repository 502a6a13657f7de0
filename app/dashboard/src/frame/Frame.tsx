import { useCallback, useEffect, useRef, useState } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { useContact } from "@/api/changes";
import { announce } from "@/hooks/announcements";
import { type Shortcuts, useShortcuts } from "@/hooks/useShortcuts";
import { NAVIGATION } from "@/screens/registry";
import { Challenges } from "./Challenges";
import { ContactBanner } from "./ContactBanner";
import styles from "./Frame.module.css";
import { Header } from "./Header";
import { LiveRegion } from "./LiveRegion";
import { BottomBar, SideBar } from "./Navigation";
import { ShortcutList } from "./ShortcutList";
import { StopDialog } from "./StopDialog";
import { useWaitingApprovals } from "./useFrameFacts";

type OpenDialog = "stop" | "shortcuts" | null;

/** What stands around every screen. */
export function Frame() {
  const [open, setOpen] = useState<OpenDialog>(null);
  const close = useCallback(() => setOpen(null), []);
  const stop = useCallback(() => setOpen("stop"), []);
  useShortcuts(useFrameShortcuts(setOpen));
  const main = useMainFocus();
  const { isLost } = useContact();
  useWaitingAnnounced();
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <Header onStop={stop} />
      <ContactBanner />
      <div className={styles.page}>
        <SideBar />
        <main id="main" ref={main} tabIndex={-1} className={styles.main} data-stale={isLost || undefined}>
          <Outlet />
        </main>
      </div>
      <BottomBar onStop={stop} />
      <LiveRegion />
      <StopDialog isOpen={open === "stop"} onClose={close} />
      <ShortcutList isOpen={open === "shortcuts"} onClose={close} />
      <Challenges />
    </>
  );
}

function useFrameShortcuts(setOpen: (dialog: OpenDialog) => void): Shortcuts {
  const navigate = useNavigate();
  const screens = NAVIGATION.map(({ key, path }) => [`g ${key}`, () => void navigate(path)] as const);
  return {
    ...Object.fromEntries(screens),
    "?": () => setOpen("shortcuts"),
    "Shift+H": () => setOpen("stop"),
    "/": () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus(),
  };
}

// Who sees the page has the number in the navigation; who hears it is told once.
function useWaitingAnnounced() {
  const waiting = useWaitingApprovals();
  const last = useRef(0);
  useEffect(() => {
    if (waiting > last.current) {
      announce(waiting === 1 ? "One order waits for you." : `${waiting} orders wait for you.`);
    }
    last.current = waiting;
  }, [waiting]);
}

// A screen reader stays on the link that was followed unless the new screen takes the focus.
function useMainFocus() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current !== pathname) {
      last.current = pathname;
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }, [pathname]);
  return main;
}
