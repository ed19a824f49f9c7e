import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";

/** The problems of a description as people read them; none where it can be planned. */
export function refusal(input: unknown): string[] {
  const result = readSite(input);
  return "problems" in result ? result.problems.map(formatProblem) : [];
}
