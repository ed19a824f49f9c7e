import type { Policies } from "@pulumi/policy";
import { decided } from "./decided";
import { resourcePolicyOf } from "./resourcePolicy";
import { certificatesLast } from "./resources/certificates";
import { noKeysInCommands } from "./resources/commands";
import { noKeysInGuestinfo } from "./resources/guestinfo";
import { hostKeysPinned } from "./resources/ssh";

/** Every policy of the pack. */
export function policies(): Policies {
  return [
    ...[hostKeysPinned, noKeysInCommands, noKeysInGuestinfo].map((rule) => resourcePolicyOf(rule)),
    certificatesLast(),
    decided(),
  ];
}
