// Of a system font at 12.5 px; a little too wide is better than one word over another.
const LETTER_PX = 7;
const GAP_LETTERS = 2;
const LINE_PX = 18;

interface Named {
  name: string;
  text: string;
}

/** Where the words of a row stand: on one line where all fit, else the value below its name. */
export function linesOf(rows: readonly Named[], width: number) {
  const letters = Math.floor(width / LETTER_PX);
  const isTight = rows.some(({ name, text }) => name.length + GAP_LETTERS + text.length > letters);
  return {
    /** By how much every row is higher. */
    more: isTight ? LINE_PX : 0,
    value: isTight
      ? { x: 0, y: 15 + LINE_PX, textAnchor: "start" as const }
      : { x: width, y: 15, textAnchor: "end" as const },
    /** A name longer than a line is cut; the table has it whole. */
    named: (name: string) => (name.length <= letters ? name : `${name.slice(0, letters - 1)}…`),
  };
}
