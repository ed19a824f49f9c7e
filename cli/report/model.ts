import type { Facts } from "../../site/facts/model";
import type { SitePlan } from "../../site/plan/model";
import type { CertificateChange } from "./certificates";
import type { RawChange } from "./diff";
import type { MachineChange } from "./machines";
import type { PolicyReport } from "./policies";
import type { SiteReport } from "./site";

/** Everything that is told of one stack, which is usually one site. Plain data: `--format json` prints it. */
export interface StackReport extends SiteReport {
  stack: string;
  verdict: Verdict;
  /** When the preview was made, if that was earlier: nothing it depends on has changed since. */
  made?: string;
  /** What `before` is; unknown if the preview broke before the state was seen, and no base is described. */
  before: "running" | "described" | "nothing" | "unknown";
  machines: MachineChange[];
  certificates: CertificateChange[];
  policies: PolicyReport;
  /** Other things worth knowing, as sentences. */
  notes: string[];
  errors: string[];
  warnings: string[];
  changes: RawChange[];
  unchanged: number;
  /** The stack's further sites. */
  others: SiteReport[];
}

/** What the stack's file says, at the base revision and now; `saved`: the plan is held to a saved one. */
export interface Described {
  base?: { revision: string; facts: Facts; plan: SitePlan };
  now?: { facts: Facts; plan: SitePlan; refused: string[]; saved?: boolean };
  /** What is wrong with the stack's file as it is now. */
  problems: string[];
}

/** What is told of a whole change. */
export interface Report {
  base?: string;
  stacks: StackReport[];
  /** Stacks whose file the change removes. */
  removed: string[];
  /** Why these stacks. */
  scope: string;
}

/** Whether a change may be made. */
export interface Verdict {
  is: "safe" | "unsafe" | "unjudged";
  /** Why it is unsafe, or why nobody can tell. */
  reasons: string[];
  /** What to look at although nothing forbids it. */
  cautions: string[];
}
