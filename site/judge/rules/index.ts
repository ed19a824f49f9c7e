import type { Facts } from "../../facts/model";
import { planRules } from "./catalog";
import type { Finding, Given, Rule } from "./rule";

export type { Breach, Finding, Given, Parameter, Rule, Severity } from "./rule";

/** Everything that is wrong with a plan, or could be better, as far as its facts tell. */
export function checkRules(facts: Facts, among: readonly Rule[] = planRules): Finding[] {
  return among.flatMap((rule) => checkRule(rule, facts));
}

/** What one rule finds. */
export function checkRule(rule: Rule, facts: Facts, given?: Given): Finding[] {
  return rule.check(facts, given).map((breach) => ({
    rule: rule.id,
    severity: breach.severity ?? rule.severity,
    path: breach.path,
    message: breach.message,
    fix: breach.fix ?? rule.fix,
    source: rule.source,
  }));
}

/** `path: message; fix`, as every error of the program is written. */
export function formatFinding({ path, message, fix }: Finding): string {
  return `${path}: ${message}; ${fix}`;
}
