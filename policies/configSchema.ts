import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Rule } from "../site/judge/rules";

/** The JSON Schema of a rule's parameters, if it has any. */
export function configSchemaOf(rule: Rule): PolicyConfigSchema | undefined {
  return rule.parameters && { properties: rule.parameters as unknown as PolicyConfigSchema["properties"] };
}
