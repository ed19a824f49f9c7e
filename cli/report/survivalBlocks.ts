import { type Failure, failureTitle } from "../../site/judge/failures/model";
import type { Rank } from "../../site/judge/rank";
import { type Block, heading, list, mark, paragraph, strong, table, type Words } from "./nodes";
import type { SiteReport } from "./site";
import type { RankChange, Survived } from "./survival";

/** What single failures cost before and after, and the rank. */
export function survivalBlocks({ survival, rank }: SiteReport): Block[] {
  if (survival.kinds.length === 0) return [];
  const worse = survival.changes.filter((change) => change.worse);
  const better = survival.changes.filter((change) => !change.worse);
  return [
    heading(3, "What the site survives"),
    paragraph(rankWords(rank)),
    table(
      ["Failure of one", "etcd keeps quorum", "API stays up", "no data lost"],
      survival.kinds.map(({ kind, before: was, after }) => [
        failureTitle(kind),
        ...(["etcd", "api", "data"] as const).map((what) => fromTo(was, after, what)),
      ]),
    ),
    ...(worse.length > 0
      ? [
          paragraph(strong("No longer survived:")),
          list(worse.map((c) => `${failureTitle(c.kind)} ${c.id}: ${costOf(c.after)}. ${c.after?.action ?? ""}`)),
        ]
      : []),
    ...(better.length > 0
      ? [
          paragraph("Survived from now on:"),
          list(better.map((c) => `${failureTitle(c.kind)} ${c.id}: ${costOf(c.after)}`)),
        ]
      : []),
  ];
}

function rankWords({ before, after }: RankChange): Words {
  const said = ({ rung, of, layout }: Rank) => `${rung} of ${of} (${layout})`;
  const next = after?.next ? ` Next: ${after.next}.` : "";
  if (!after) return before ? ["Rank before: ", said(before), "."] : "";
  if (!before) return ["Rank: nothing → ", strong(said(after)), `.${next}`];
  if (before.rung === after.rung && before.of === after.of)
    return ["Rank before and after: ", strong(said(after)), `.${next}`];
  return [`Rank: ${said(before)} → `, strong(said(after)), `.${next}`];
}

function fromTo(before: Survived | undefined, after: Survived | undefined, what: keyof Omit<Survived, "of">): Words {
  const said = (s: Survived) => `${s[what]} of ${s.of}`;
  if (!before || !after) return said((after ?? before) as Survived);
  if (said(before) === said(after)) return said(after);
  const fell = after.of - after[what] > before.of - before[what];
  return [`${said(before)} → `, ...(fell ? [mark("bad"), " ", strong(said(after))] : [said(after)])];
}

function costOf(failure: Failure | undefined): string {
  if (!failure) return "";
  return [
    failure.etcdQuorum ? "etcd keeps quorum" : "etcd loses quorum",
    failure.apiReachable ? "the API stays up" : "the API is down",
    failure.dataLost ? "data is lost" : "no data is lost",
  ].join(", ");
}

/** What the loss of each host leaves. */
export function capacityBlocks({ capacity: { hosts, needed } }: SiteReport): Block[] {
  if (hosts.length === 0) return [];
  const said = (left: { workers: number; cpus: number; memoryGiB: number } | undefined) =>
    left
      ? `${left.workers} ${left.workers === 1 ? "worker" : "workers"}, ${left.cpus} CPUs, ${left.memoryGiB} GiB`
      : "not there";
  const compared = hosts.some((host) => host.before);
  return [
    heading(3, "What is left for pods after the loss of a host"),
    table(
      compared ? ["Host", "Before", "After"] : ["Host", "Left"],
      hosts.map((h) => {
        const same = said(h.before) === said(h.after);
        return compared ? [h.host, said(h.before), same ? "the same" : strong(said(h.after))] : [h.host, said(h.after)];
      }),
    ),
    paragraph(
      needed
        ? `The workload that must keep running needs ${needed.cpus} CPUs and ${needed.memoryGiB} GiB.`
        : "What must keep running is not declared (workload).",
    ),
  ];
}
