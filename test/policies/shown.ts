// What is shown through the pulumi command: the breakages that cli.test.ts and objects.cli.test.ts refuse there.

import { inputsOf } from "../support/demoStack";
import type { Breakage } from "./breakage";
import { breakages } from "./breakages";
import { objectBreakages } from "./objects";
import type { ObjectBreakage } from "./objects/resources";

const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIB\n-----END EC PRIVATE KEY-----\n";

/** What is shown with the vSphere plugin and a vCenter. The program there does not verify vCenter's certificate. */
export const throughVcenter: Breakage[] = [
  ...breakages,
  {
    rule: "no-private-keys-in-guestinfo",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-a").extraConfig = { "guestinfo.userdata": key };
    },
    says: 'extraConfig["guestinfo.userdata"] holds a private key (EC PRIVATE KEY); send it over the pinned SSH connection once the machine runs',
  },
  { rule: "vcenter-verified", says: "vcenter: whoever answers at vCenter's address gets the user and password" },
];

/** What needs no vCenter. */
export const throughPlugins: ObjectBreakage[] = objectBreakages.filter(
  ({ broken }) => !broken.some(({ type }) => type.includes("vsphere")),
);
