import type { VcenterFacts } from "../../facts/vcenter";
import { caution, ok, type PreflightLine, refused } from "./line";

/**
 * The privileges that making, changing and deleting a site's machines takes, by vSphere's own ids, and on which object;
 * `groundwork preflight --role` prints them. Sources: the provider's documentation for reading storage
 * policies, tags and swap placement; vSphere's API reference for the methods that the provider calls.
 */
export const PRIVILEGES = {
  /** Storage policies are read of every machine and disk, at the root of the inventory only. */
  root: ["StorageProfile.View"],
  datacenter: [
    "System.View",
    "System.Read",
    "Datastore.AllocateSpace",
    "Datastore.Browse",
    "Datastore.FileManagement",
    "Network.Assign",
    "VirtualMachine.Inventory.Create",
    "VirtualMachine.Inventory.CreateFromExisting",
    "VirtualMachine.Inventory.Delete",
    "VirtualMachine.Inventory.Unregister",
    "VirtualMachine.Interact.PowerOn",
    "VirtualMachine.Interact.PowerOff",
    "VirtualMachine.Interact.Reset",
    "VirtualMachine.Config.AddNewDisk",
    "VirtualMachine.Config.AddRemoveDevice",
    "VirtualMachine.Config.AdvancedConfig",
    "VirtualMachine.Config.Annotation",
    "VirtualMachine.Config.CPUCount",
    "VirtualMachine.Config.DiskExtend",
    "VirtualMachine.Config.EditDevice",
    "VirtualMachine.Config.Memory",
    "VirtualMachine.Config.RemoveDisk",
    "VirtualMachine.Config.Rename",
    "VirtualMachine.Config.Resource",
    "VirtualMachine.Config.Settings",
    "VirtualMachine.Config.SwapPlacement",
    "VirtualMachine.Provisioning.Clone",
    "VirtualMachine.Provisioning.DeployTemplate",
  ],
  cluster: [
    "Host.Inventory.EditCluster",
    "Resource.AssignVMToPool",
    "Resource.ColdMigrate",
    "Resource.HotMigrate",
    "Resource.QueryVMotion",
  ],
} as const;

export type PrivilegeScope = keyof typeof PRIVILEGES;

/** What the account may not do, one line an object; and what could not be read. */
export function accountLines({ missingPrivileges, unreadable, product, licences }: VcenterFacts): PreflightLine[] {
  const byObject = new Map<string, string[]>();
  for (const { privilege, on } of missingPrivileges) byObject.set(on, [...(byObject.get(on) ?? []), privilege]);
  const count = Object.values(PRIVILEGES).reduce((sum, ids) => sum + ids.length, 0);
  const lacking = [...byObject].map(([on, ids]) =>
    refused(
      "VSPHERE_USER",
      `it lacks ${ids.join(", ")} on ${on}`,
      "add them to its role; `groundwork preflight --role` prints the whole role",
    ),
  );
  const hidden =
    unreadable.length > 0
      ? [
          caution(
            "VSPHERE_USER",
            `it may not read ${unreadable.join(", ")}, which was not looked at`,
            "give it the read-only role there, with propagation, to have it checked",
          ),
        ]
      : [];
  const granted =
    lacking.length === 0 ? [ok("VSPHERE_USER", `it has the ${count} privileges that a site takes; ${product}`)] : [];
  return [...lacking, ...hidden, ...granted, ...productLines(product), ...(licences ?? []).map(licenceLine)];
}

/** The oldest version that the vSphere plugin is made for, by its documentation. */
const OLDEST_PRODUCT = 8;

function productLines(product: string): PreflightLine[] {
  const [, major] = /\bServer (\d+)\./.exec(product) ?? [];
  return major === undefined || Number(major) >= OLDEST_PRODUCT
    ? []
    : [
        caution(
          "vCenter",
          `it is ${product}, which the vSphere plugin is not made for any more`,
          `upgrade it to ${OLDEST_PRODUCT}, or try a site that nobody needs first`,
        ),
      ];
}

function licenceLine({ name, expires }: { name: string; expires?: string }): PreflightLine {
  return expires === undefined
    ? ok("vCenter", `licence ${name}`)
    : caution(
        "vCenter",
        `licence ${name} ends ${expires}`,
        "renew it before: hosts without a licence power nothing on",
      );
}
