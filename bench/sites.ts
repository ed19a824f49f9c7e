import type { Ratio } from "./ratio";
import type { Revision } from "./revision";

/** The demo's site of two revisions, in turn: from nothing with its add-ons, and a preview in which nothing changes. */
export async function siteRows(
  before: Revision,
  now: Revision,
  runs: number,
  say: (text: string) => void,
): Promise<Ratio[]> {
  const up: Ratio = {
    what: "`pulumi up` of the demo from nothing, add-ons rolled out",
    unit: "s",
    before: [],
    now: [],
    most: 0.65,
  };
  const cpu: Ratio = {
    what: "unchanged preview with the policy pack, processor time of all processes",
    unit: "s",
    before: [],
    now: [],
    most: 0.6,
  };
  const memory: Ratio = { what: "memory of all its processes", unit: "MB", before: [], now: [], most: 0.75 };
  for (let run = 0; run < runs; run++) {
    const sides = [
      { side: "before" as const, revision: before },
      { side: "now" as const, revision: now },
    ];
    for (const { side, revision } of run % 2 === 0 ? sides : sides.reverse()) {
      say(`run ${run + 1} of ${runs}, ${revision.name}: the demo comes up`);
      await revision.destroy();
      await revision.demo();
      up[side].push(await revision.lastUp());
      await revision.preview(); // what is made once is there
      const { cpu: programs, peakMB } = await revision.preview();
      cpu[side].push([...programs.values()].reduce((sum, seconds) => sum + seconds, 0));
      memory[side].push(peakMB);
      say(
        `  up ${up[side].at(-1)} s; preview ${cpu[side].at(-1)?.toFixed(1)} s of processor time, ${peakMB.toFixed(0)} MB`,
      );
      await revision.destroy();
    }
  }
  return [up, cpu, memory];
}
