import type { Facts } from "../../site/facts";
import { checkRules, formatFinding } from "../../site/rules";
import type { PolicyMessage } from "./preview";

/** What the policy pack says of a change. */
export interface PolicyReport {
  /** Refuses the change. */
  mandatory: Said[];
  advisory: Said[];
  /** Findings that the owner accepts, with who and until when where the pack says so. */
  accepted: Said[];
  /** What a preview cannot decide; `up` does. */
  undecided: Said[];
}

export interface Said {
  policy: string;
  message: string;
  resource?: string;
  /** It was not so before. */
  isNew: boolean;
}

/** Policies that speak for others: their messages begin with the id of the policy they are about. */
const acceptedBy = new Set(["accepted", "exceptions", "exception"]);
const undecidedBy = new Set(["decided", "undecided"]);

/** Sorts what the policies said; what they would have said of the site as it is, is nothing new. */
export function policyReport(messages: readonly PolicyMessage[], before: Facts | undefined): PolicyReport {
  const earlier = new Set(before ? checkRules(before).map(formatFinding) : []);
  const sorted: PolicyReport = { mandatory: [], advisory: [], accepted: [], undecided: [] };
  for (const { policy, level, message, resource } of messages) {
    const said = ownWords(message);
    const list =
      level === "mandatory"
        ? sorted.mandatory
        : acceptedBy.has(policy)
          ? sorted.accepted
          : undecidedBy.has(policy)
            ? sorted.undecided
            : sorted.advisory;
    const isNew = before !== undefined && ![...earlier].some((known) => said.endsWith(known));
    list.push({ policy, message: said, ...(resource && { resource }), isNew });
  }
  return sorted;
}

/** The engine puts a policy's description on the lines before its message. */
function ownWords(message: string): string {
  return message.trim().split("\n").at(-1)?.trim() ?? message;
}
