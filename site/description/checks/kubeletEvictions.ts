import { amount, QUANTITY, seconds } from "../kubernetes/fieldTypes";
import { printable, shown } from "../problem";
import { type Add, below, type Tree } from "./componentFields";

const SIGNALS = ["memory", "nodefs", "imagefs", "containerfs", "pid"].flatMap((of) =>
  of === "memory" || of === "pid" ? [`${of}.available`] : [`${of}.available`, `${of}.inodesFree`],
);
/** Processes and threads that a Linux of 64 bits gives numbers to, at most. */
const MOST_PIDS = 2 ** 22;

/** Thresholds below which pods are evicted: signals that there are, amounts, and a time of grace for each soft one. */
export function evictions(kubelet: Tree, add: Add): void {
  const tree = (field: string) => below(kubelet, field);
  for (const field of ["evictionHard", "evictionSoft", "evictionMinimumReclaim", "evictionSoftGracePeriod"])
    for (const [signal, value] of Object.entries(tree(field))) {
      const path = `${field}.${printable(signal)}`;
      if (!SIGNALS.includes(signal)) add(path, "no such signal", `use ${SIGNALS.join(", ")}`);
      else if (value === null) continue;
      else if (field === "evictionSoftGracePeriod") {
        if (!(seconds(value) > 0)) add(path, `${shown(value)} is not a time`, "write a duration, for example 1m30s");
      } else if (!isThreshold(value))
        add(
          path,
          `${shown(value)} is not an amount`,
          "write a positive quantity, or 0% and more, below 100%, for example 200Mi or 10%",
        );
      else if (signal === "pid.available" && amount(String(value)) >= MOST_PIDS)
        add(path, `${shown(value)} is more than a machine ever has, ${MOST_PIDS}`, "use less, for example 10%");
    }
  const pairs = [
    ["evictionSoft", "evictionSoftGracePeriod", "it has no time of grace, and the kubelet would not start"],
    ["evictionSoftGracePeriod", "evictionSoft", "there is no soft threshold of that signal"],
  ] as const;
  for (const [field, other, fact] of pairs)
    for (const signal of Object.keys(tree(field)))
      if (SIGNALS.includes(signal) && tree(other)[signal] === undefined)
        add(`${field}.${signal}`, fact, `set ${other}.${signal}`);
}

/** All of it is never there: something runs, and lies on every disk. */
function isThreshold(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(value);
  if (percent) return Number(percent[1]) < 100;
  return QUANTITY.test(value) && !value.startsWith("-") && /[1-9]/.test(value.replace(/[eE][-+]?\d+$/, ""));
}
