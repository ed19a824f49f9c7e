import type { Facts } from "../../facts/model";
import { parameterised } from "./rule";

const day = 86_400_000;

export const restoreIsDrilled = parameterised<{ days: number }>()({
  id: "restore-drilled",
  subject: "Backups",
  scope: "drill",
  attested: true,
  sentence: "the restore of a backup was drilled lately, and it worked",
  severity: "advisory",
  source: "D2 [B, X]",
  fix: "run `npx groundwork drill`, see that it passes, and commit its record",
  parameters: {
    days: { type: "integer", minimum: 1, default: 92, description: "How long ago the last drill may be" },
  },
  check: (facts: Facts, { days }) => {
    const breach = (message: string) => [{ path: "drill", message }];
    if (!facts.machines.some(({ role }) => role === "etcd")) return [];
    const { drill, now } = facts;
    if (drill === undefined) return breach("no drill of a restore is on record");
    if (drill.unreadable !== undefined)
      return breach(`the record of the last drill cannot be read: ${drill.unreadable}`);
    if (drill.genuine === false)
      return breach("the record of the last drill is not one that a key of the site has signed");
    const began = Date.parse(drill.time);
    if (Number.isNaN(began)) return breach("the record of the last drill does not say when it was");
    const when = new Date(began).toISOString().slice(0, 10);
    if (!drill.passed) return breach(`the drill of ${when} failed: ${drill.problem ?? "it does not say why"}`);
    if (now === undefined || now - began <= days * day) return [];
    return breach(
      `the last drill was ${Math.floor((now - began) / day)} days ago, on ${when}; ${days} at most are allowed`,
    );
  },
});
