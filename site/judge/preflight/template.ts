import type { Vcenter } from "../../description/hypervisors";
import type { TemplateFact, VcenterFacts } from "../../facts/vcenter";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { caution, ok, type PreflightLine, refused } from "./line";

const PATH = "hypervisor.template";
const OLDEST_HARDWARE = 13;

/** The template that every machine is cloned from. */
export function templateLines(plan: SitePlan, wanted: Vcenter, facts: VcenterFacts): PreflightLine[] {
  const [template, second] = facts.templates;
  if (!template)
    return [
      refused(
        PATH,
        `vCenter shows no virtual machine or template ${wanted.template} to this account`,
        "import one under that name, or clone it from the content library: items of a library are not found by name",
      ),
    ];
  if (second)
    return [
      refused(
        PATH,
        `${facts.templates.length} are called ${wanted.template}: ${facts.templates.map(({ path }) => path).join(", ")}`,
        "rename all but one of them",
      ),
    ];
  const found = [
    ...stateLines(template),
    ...diskLines(plan.machines, template),
    ...mediaLines(template),
    ...reachLines(plan, template, facts),
  ];
  const refusals = found.filter(({ state }) => state === "refused");
  return refusals.length > 0 ? found : [...found, ok(PATH, describe(template))];
}

function describe({ path, disks, firmware, secureBoot, hardwareVersion }: TemplateFact): string {
  const boot = firmware && `${firmware.toUpperCase()}${secureBoot ? " with secure boot" : ""}`;
  const size = disks?.[0] && `one disk of ${disks[0].sizeGiB} GiB`;
  return [path, boot, size, hardwareVersion].filter(Boolean).join(", ");
}

function stateLines({ poweredOn, snapshots, tools, hardwareVersion, vtpm }: TemplateFact): PreflightLine[] {
  const version = Number(/^vmx-(\d+)$/.exec(hardwareVersion ?? "")?.[1] ?? Number.NaN);
  return [
    ...(poweredOn
      ? [refused(PATH, "it runs, and its disk changes while it is cloned", "shut it down, or make it a template")]
      : []),
    ...(snapshots
      ? [caution(PATH, "it has snapshots, which every clone is put together from", "remove them to clone faster")]
      : []),
    ...(tools === false
      ? [
          caution(
            PATH,
            "vCenter knows of no VMware tools in it: no address of a machine is shown when SSH does not answer",
            "install open-vm-tools, which the VMware data source of cloud-init needs too",
          ),
        ]
      : []),
    ...(version < OLDEST_HARDWARE
      ? [
          caution(
            PATH,
            `its hardware version is ${hardwareVersion}`,
            `upgrade it to vmx-${OLDEST_HARDWARE} or newer: older ones add no memory while a machine runs`,
          ),
        ]
      : []),
    ...(vtpm
      ? [caution(PATH, "it has a vTPM, which no clone of it gets", "remove it, so that nothing in it relies on one")]
      : []),
  ];
}

function diskLines(machines: readonly MachinePlan[], { disks }: TemplateFact): PreflightLine[] {
  if (disks === undefined) return [];
  const [disk] = disks;
  if (!disk || disks.length > 1)
    return [
      refused(PATH, `it has ${disks.length === 0 ? "no disk" : `${disks.length} disks`}`, "use one with one disk"),
    ];
  const controller =
    disk.controller === "scsi"
      ? []
      : [
          refused(
            PATH,
            `its disk is at a controller of kind ${disk.controller}`,
            "attach it to a SCSI controller (VMware paravirtual)",
          ),
        ];
  const small = machines.filter(({ disks: [system] }) => (system?.sizeGiB ?? 0) < disk.sizeGiB);
  const [first] = small;
  if (!first) return controller;
  const roles = [...new Set(small.map(({ role, pool }) => pool ?? role))];
  return [
    ...controller,
    refused(
      PATH,
      `its disk has ${disk.sizeGiB} GiB, and ${roles.join(", ")} get ${first.disks[0]?.sizeGiB} GiB`,
      `give them at least ${disk.sizeGiB} GiB (systemDiskGiB of stores, diskGiB of all others), or use a smaller template`,
    ),
  ];
}

function mediaLines({ iso }: TemplateFact): PreflightLine[] {
  return iso === undefined
    ? []
    : [
        refused(
          PATH,
          `${iso} is in its CD-ROM drive`,
          "take it out: hosts that do not see that datastore refuse the clone",
        ),
      ];
}

/** A template on one host's own datastore is copied over the network to every other host, and is gone with that host. */
function reachLines({ machines }: SitePlan, { datastores }: TemplateFact, facts: VcenterFacts): PreflightLine[] {
  const seeing = new Set(
    facts.datastores.filter(({ name }) => datastores.includes(name)).flatMap(({ hosts }) => hosts),
  );
  const blind = [...new Set(machines.map(({ host }) => host))].filter((host) => !seeing.has(host));
  if (seeing.size === 0 || blind.length === 0) return [];
  return [
    caution(
      PATH,
      `its files lie on ${datastores.join(", ")}, which ${blind.join(", ")} cannot see`,
      `clones to them go over the management network; if ${[...seeing].join(", ")} is lost, no machine can be made: keep a copy elsewhere`,
    ),
  ];
}
