import type { Facts } from "../../site/facts/model";
import type { Alone } from "../../site/life/alone";
import { type Block, code, heading, mark, paragraph, strong, type Words } from "./nodes";

/** For how long a site goes on if no `up` reaches it. */
export interface TimeAlone {
  /** Months after the last `up`, by what is described; 0: until its certificates end. */
  before?: number;
  after?: number;
  /** What runs, until its last certificate that nothing follows; none of a site that does not run. */
  running?: Alone;
}

export function timeAlone(before: Facts | undefined, after: Facts | undefined, running: Alone | undefined): TimeAlone {
  const [was, is] = [before?.aloneMonths, after?.aloneMonths];
  return {
    ...(was !== undefined && { before: was }),
    ...(is !== undefined && { after: is }),
    ...(running && { running }),
  };
}

/** Until when what runs goes on, what ends first, and what the change makes of that time. */
export function aloneBlocks({ before, after, running }: TimeAlone): Block[] {
  const sentences = [
    ...(running ? [untilWords(running)] : []),
    ...(after === undefined ? [] : [monthsWords(before, after)]),
  ];
  return sentences.length === 0 ? [] : [heading(3, "Without an `up`"), ...sentences.map((words) => paragraph(words))];
}

function untilWords({ until, first, next }: Alone): Words {
  const then = next ? [", then ", code(next.id), ` on ${day(next.ends)}`] : [];
  return ["What runs goes on until ", strong(day(until)), ": ", code(first), " ends first", ...then, "."];
}

function monthsWords(before: number | undefined, after: number): Words {
  const said = (months: number) => (months === 0 ? "until its certificates end" : `for ${months} months`);
  if (before === undefined || before === after) return `After each \`up\` it goes on ${said(after)}.`;
  const change: Words = after < before ? [mark("bad"), " ", strong(said(after))] : [strong(said(after))];
  return [`After each \`up\` it went on ${said(before)} → `, ...change, "."];
}

const day = (time: string): string => time.slice(0, 10);
