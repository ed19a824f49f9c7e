import { formatProblem, type Problem } from "../../site/description/problem";
import type { Finding } from "../../site/judge/rules";

/** A site whose plan this pack cannot read: the program that registers it is newer. */
export class UnreadableSite extends Error {
  constructor(
    readonly urn: string,
    private readonly problem: Problem,
  ) {
    super(formatProblem(problem));
  }

  /** What is to be said of it, once and not by every rule: nothing of the site could be judged. */
  finding(rule: string): Finding {
    const { path, fact: message, fix } = this.problem;
    return { rule, severity: "mandatory", source: "L3, L10", path, message, fix };
  }
}
