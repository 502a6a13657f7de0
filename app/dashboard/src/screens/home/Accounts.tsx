import type { Schema } from "@/api/client";
import { Badge } from "@/components/Badge";
import { Money, Percent } from "@/components/Figures";
import { EmptyState } from "@/components/States";
import { Age } from "@/components/Time";
import styles from "./Accounts.module.css";

type AccountDay = Schema<"AccountDay">;
type BrokerSeen = Schema<"BrokerSeen">;

/** One card an account; different currencies are never added up. */
export function Accounts({ accounts, brokers }: { accounts: AccountDay[]; brokers: BrokerSeen[] }) {
  if (accounts.length === 0) {
    return (
      <EmptyState title="No account has been seen yet.">The first look is a few seconds away.</EmptyState>
    );
  }
  return (
    <ul className={styles.cards} aria-label="Accounts">
      {accounts.map((account) => (
        <li key={account.broker}>
          <AccountCard account={account} seen={brokers.find(({ broker }) => broker === account.broker)} />
        </li>
      ))}
    </ul>
  );
}

function AccountCard({ account, seen }: { account: AccountDay; seen: BrokerSeen | undefined }) {
  const { broker, currency } = account;
  return (
    <article className={styles.card} aria-label={`Account at ${broker}`}>
      <div className={styles.main}>
        <h2 className={styles.broker}>{broker}</h2>
        <p className={styles.equity}>
          <Money amount={account.equity} currency={currency} />
          <span className="visually-hidden"> equity</span>
        </p>
        <p className={styles.day}>
          <Money amount={account.day_pnl} currency={currency} isGain />
          {account.day_pnl_pct !== null && (
            <>
              {" "}
              <Percent fraction={account.day_pnl_pct} isGain hasArrow={false} />
            </>
          )}
          <span className="soft"> today</span>
        </p>
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>Cash</dt>
          <dd>
            <Money amount={account.cash} currency={currency} />
          </dd>
        </div>
        <div>
          <dt>Buying power</dt>
          <dd>
            <Money amount={account.buying_power} currency={currency} />
          </dd>
        </div>
        <div>
          <dt>Seen</dt>
          <dd>
            <Age at={account.at} /> {seen?.reachable === false && <Badge tone="warn">no answer</Badge>}
          </dd>
        </div>
      </dl>
    </article>
  );
}
