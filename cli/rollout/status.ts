import type { RolloutStatus } from "../../fleet/rollout/status";
import { table } from "../output/table";

/** A rollout as a person reads it: what it waits for first, then its sites; those that need somebody before the others. */
export function statusText(id: string, status: RolloutStatus, answers: readonly string[]): string {
  const count = (is: string) => status.sites.filter((site) => site.is === is).length;
  const kinds = [...new Set(status.sites.map(({ is }) => is))];
  const rank = ["failed", "timed-out", "away", "changing", "staged", "waiting", "succeeded"];
  const sorted = [...status.sites].sort((a, b) => rank.indexOf(a.is) - rank.indexOf(b.is));
  const rows = sorted.map(({ site, wave, is, started = "", ended = "", why = "" }) => [
    site,
    wave === 0 ? "canary" : `wave ${wave}`,
    is,
    short(started),
    short(ended),
    why,
  ]);
  return `${[
    `rollout ${id}  ${status.is}: ${kinds.map((is) => `${count(is)} ${is}`).join(", ")}`,
    ...(status.waits ? [`waits    ${status.waits}`] : []),
    ...answers.map((answer) => `answer   ${answer}`),
    ...(status.needs ? [`needs    ${status.needs}`] : []),
    `expires  ${short(status.expires)}`,
    "",
    table(["site", "wave", "is", "began", "ended", "why"], rows),
  ].join("\n")}\n`;
}

function short(instant: string): string {
  return instant.slice(0, 16).replace("T", " ");
}
