// Of a system font at 12.5 px; a little too wide is better than one word over another.
const LETTER_PX = 7;
const GAP_LETTERS = 2;

/** Cut a name to what is left of a line beside a text at its other end; the table has it whole. */
export function fitted(name: string, beside: string, width: number): string {
  const room = Math.max(4, Math.floor(width / LETTER_PX) - beside.length - GAP_LETTERS);
  return name.length <= room ? name : `${name.slice(0, room - 1)}…`;
}
