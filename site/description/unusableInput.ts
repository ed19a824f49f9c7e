import { formatProblem, type Problem } from "./problem";

/** Input that cannot be used, such as a file or a setting: exit code 2, one line for each problem. */
export class UnusableInput extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
  }
}

/** Input with a single problem. */
export function unusable(path: string, fact: string, fix: string): UnusableInput {
  return new UnusableInput([{ path, fact, fix }]);
}
