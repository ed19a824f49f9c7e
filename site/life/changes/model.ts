import type { Settled } from "../../description/changes/settled";
import type { Problem } from "../../description/problem";
import type { EarlierMachine } from "../../plan/model";

/** What stands, or a saved plan, as far as a change is judged by it. */
export interface Before {
  /** Of a program that wrote nothing down there is none: machines tell some of it. */
  settled?: Settled;
  machines: readonly (EarlierMachine & { role?: string })[];
}

/** What a changed description means for a site that runs. */
export interface ChangeVerdict {
  /** What must not be: nothing is touched. */
  refused: Problem[];
  /** What else has to follow. */
  cautions: Problem[];
}
