/** What changes in a text of several lines. */
export interface ChangedLines {
  gone: string[];
  come: string[];
}

/** The lines in which two texts differ; undefined unless both have several. */
export function changedLines(from: unknown, to: unknown): ChangedLines | undefined {
  const [before, after] = [linesOf(from), linesOf(to)];
  if (before === undefined || after === undefined) return undefined;
  return { gone: without(before, after), come: without(after, before) };
}

function linesOf(text: unknown): string[] | undefined {
  if (typeof text !== "string") return undefined;
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.length > 1 ? lines : undefined;
}

/** The lines that others have not, as often as they have not. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** How many lines of each kind are shown, and how much of one. */
const most = 4;
const longest = 100;

/** The change as a person reads it, a line for each line that differs. */
export function saidLines({ gone, come }: ChangedLines): { summary: string; lines: string[] } {
  if (gone.length + come.length === 0) return { summary: "the same lines in another order", lines: [] };
  const counts = Object.entries({ new: come.length, gone: gone.length }).filter(([, count]) => count > 0);
  const shown = (sign: string, lines: readonly string[], others: readonly string[]) => [
    ...lines.slice(0, most).map((line, i) => `${sign} ${excerpt(line, others[i] ?? "")}`),
    ...(lines.length > most ? [`${sign} … ${lines.length - most} more`] : []),
  ];
  return {
    summary: counts.map(([what, count]) => `${count} ${count === 1 ? "line" : "lines"} ${what}`).join(", "),
    lines: [...shown("-", gone, come), ...shown("+", come, gone)],
  };
}

/** Of a long line the part from where it differs from what stood or stands in its place. */
function excerpt(line: string, other: string): string {
  const text = line.trim();
  if (text.length <= longest) return text;
  const mate = other.trim();
  let same = 0;
  while (same < text.length && text[same] === mate[same]) same++;
  const start = Math.min(Math.max(0, same - longest / 4), text.length - longest);
  const end = start + longest;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
