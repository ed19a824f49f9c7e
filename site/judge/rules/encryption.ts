import { parameterised } from "./rule";

export const disksAreEncrypted = parameterised<{ unattended: boolean }>()({
  id: "disks-encrypted",
  subject: "Secrets and access",
  scope: "site",
  withoutSite: "always",
  attested: true,
  sentence: "where nobody watches, machines' disks are encrypted: whoever carries a host away cannot read them",
  severity: "mandatory",
  source: "S10 [B]",
  fix: "give the disk a storage policy that encrypts, or a datastore on a device that encrypts itself, and name it in the setting `encryption`",
  parameters: {
    unattended: {
      type: "boolean",
      default: false,
      description: "Whether the site stands where nobody watches it; the rule says nothing of others",
    },
  },
  check: (facts, { unattended }) => {
    if (!unattended) return [];
    const { devices = [], storagePolicies = [] } = facts.encryption ?? {};
    return facts.machines.flatMap((machine) =>
      machine.disks.flatMap(({ name, devices: below, storagePolicy }) => {
        const onEncrypted = below?.length !== 0 && below?.every((id) => devices.includes(id));
        const byPolicy = typeof storagePolicy === "string" && storagePolicies.includes(storagePolicy);
        const isOpen = below === undefined || storagePolicy === null; // not known yet
        if (onEncrypted || byPolicy || isOpen) return [];
        const on = below.length === 0 ? "no known device" : `device ${below.join(", ")}`;
        return [
          {
            path: `${machine.path}.disks.${name}`,
            message: `the ${name} disk of ${machine.name} lies on ${on}, which nobody says encrypts, and has no storage policy that does`,
          },
        ];
      }),
    );
  },
});
