import type { Policies } from "@pulumi/policy";
import { type Rule, rules } from "../site/rules";
import { accepted, decided } from "./decided";
import { type Deployment, thisDeployment } from "./deployment";
import { recognised } from "./recognised";
import { resourcePolicyOf } from "./resourcePolicy";
import { certificatesLast } from "./resources/certificates";
import { noKeysInCommands } from "./resources/commands";
import { noKeysInGuestinfo } from "./resources/guestinfo";
import { hostKeysPinned } from "./resources/ssh";
import { policyOf } from "./sitePolicy";

/** Every policy of the pack. The first remembers what the others read, the last two say what those leave. */
export function policies(deployment: Deployment = thisDeployment, siteRules: readonly Rule[] = rules): Policies {
  return [
    recognised("mandatory", deployment),
    ...siteRules.map((rule) => policyOf(rule, rule.severity, deployment)),
    ...[hostKeysPinned, noKeysInCommands, noKeysInGuestinfo].map((rule) =>
      resourcePolicyOf(rule, rule.severity, deployment),
    ),
    certificatesLast(),
    accepted("advisory", deployment),
    decided("advisory", deployment),
  ];
}
