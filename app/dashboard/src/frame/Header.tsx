import { Link } from "react-router";
import { useContact } from "@/api/changes";
import { Badge, type Tone } from "@/components/Badge";
import { formatAge } from "@/format/times";
import { useNow } from "@/hooks/useNow";
import { useSetting } from "@/hooks/useSetting";
import { AccountMenu } from "./AccountMenu";
import styles from "./Header.module.css";
import { Logo } from "./Logo";
import { StopButton } from "./StopButton";
import { MODE_MEANING, type Mode, useOverview } from "./useFrameFacts";

const MODE_TONE: Record<Mode, Tone> = { PAPER: "gain", "DRY RUN": "accent", LIVE: "warn" };

/** Above every screen: whether it costs money, whether it trades, how old the figures are, and Stop. */
export function Header({ onStop }: { onStop: () => void }) {
  const mode = useOverview().data?.mode;
  return (
    <header className={styles.header}>
      <Link to="/" className={styles.brand} aria-label="Gatehouse, Home">
        <Logo size={28} />
        <span className={styles.name}>Gatehouse</span>
      </Link>
      <div className={styles.facts}>
        {mode && (
          <Badge tone={MODE_TONE[mode]} title={MODE_MEANING[mode]}>
            {mode}
          </Badge>
        )}
        <TradingStateBadge onOpen={onStop} />
      </div>
      <div className={styles.end}>
        <FiguresAge />
        <span className={styles.stop}>
          <StopButton onStop={onStop} />
        </span>
        <AccountMenu />
      </div>
    </header>
  );
}

const STATE_WORDS = {
  ACTIVE: { tone: "gain", word: "Trading", more: "Alerts may enter and exit." },
  REDUCING: { tone: "warn", word: "Exits only", more: "REDUCING: alerts may exit, but not enter." },
  HALTED: { tone: "loss", word: "Halted", more: "HALTED: no alert trades. Stops and targets keep working." },
} as const;

function TradingStateBadge({ onOpen }: { onOpen: () => void }) {
  const overview = useOverview().data;
  if (overview === undefined) {
    return null;
  }
  const { tone, word, more } = STATE_WORDS[overview.trading_state.state];
  return (
    <button type="button" className={styles.state} onClick={onOpen} title={more}>
      <Badge tone={tone}>
        <span className={styles.dot} aria-hidden="true" />
        {word}
      </Badge>
    </button>
  );
}

function FiguresAge() {
  const contact = useContact();
  const [isPaused, setPaused] = useSetting("paused");
  const now = useNow();
  if (isPaused) {
    return (
      <button type="button" className={styles.paused} onClick={() => setPaused(false)}>
        <Badge tone="warn">Updates paused: go on</Badge>
      </button>
    );
  }
  const old = now - contact.heardAt;
  const words = contact.heardAt === 0 ? "Reading …" : old < 4000 ? "Up to date" : `${formatAge(old)} old`;
  return (
    <span className={styles.age} title="How old the figures are">
      <span className={old < 4000 ? styles.beat : styles.late} aria-hidden="true" />
      <span className={styles.words}>{words}</span>
    </span>
  );
}
