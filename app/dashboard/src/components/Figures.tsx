import { isDecimal, NOTHING, signOf } from "@/format/decimals";
import { formatAverage, formatMoney, formatPrice } from "@/format/money";
import { formatPercent, formatQuantity } from "@/format/numbers";

type Decimal = string | null | undefined;

interface MoneyProps {
  amount: Decimal;
  currency: string;
  /** A gain or a loss: with its sign, an arrow and a colour. */
  isGain?: boolean;
  whole?: boolean;
}

/** An amount in the currency of its account. */
export function Money({ amount, currency, isGain = false, whole = false }: MoneyProps) {
  const text = formatMoney(amount, currency, { signed: isGain, whole });
  return isGain ? <Gain amount={amount} text={text} /> : <Figure text={text} />;
}

/** A price, with as many digits as it has. */
export function Price({ price, currency }: { price: Decimal; currency?: string }) {
  return <Figure text={currency === undefined ? formatPrice(price) : formatPrice(price, currency)} />;
}

/** A price that was reckoned of several fills: it may have more digits than anybody can trade at. */
export function Average({ price }: { price: Decimal }) {
  return <Figure text={formatAverage(price)} />;
}

/** A fraction, shown as a percentage. */
export function Percent({
  fraction,
  isGain = false,
  hasArrow = true,
  digits = 2,
}: {
  fraction: Decimal;
  isGain?: boolean;
  /** Left out where it stands beside an amount that has one. */
  hasArrow?: boolean;
  digits?: number;
}) {
  const text = formatPercent(fraction, { signed: isGain, digits });
  return isGain ? <Gain amount={fraction} text={text} hasArrow={hasArrow} /> : <Figure text={text} />;
}

/** A quantity, never rounded. */
export function Quantity({ quantity }: { quantity: Decimal }) {
  return <Figure text={formatQuantity(quantity)} />;
}

function Figure({ text }: { text: string }) {
  if (text === NOTHING) {
    return <Unknown />;
  }
  return <span style={{ whiteSpace: "nowrap" }}>{text}</span>;
}

function Unknown() {
  return (
    <span className="soft">
      <span aria-hidden="true">{NOTHING}</span>
      <span className="visually-hidden">not known</span>
    </span>
  );
}

function Gain({ amount, text, hasArrow = true }: { amount: Decimal; text: string; hasArrow?: boolean }) {
  if (!isDecimal(amount)) {
    return <Unknown />;
  }
  const sign = signOf(amount);
  if (sign === 0) {
    return <Figure text={text} />;
  }
  return (
    <span className={sign > 0 ? "gain" : "loss"} style={{ whiteSpace: "nowrap" }}>
      {hasArrow && <span aria-hidden="true">{sign > 0 ? "▲ " : "▼ "}</span>}
      {text}
    </span>
  );
}
