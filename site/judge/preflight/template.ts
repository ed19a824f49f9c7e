import { templateOn, type Vcenter } from "../../description/hypervisors";
import { storedName } from "../../description/inventoryName";
import type { TemplateFact, VcenterFacts } from "../../facts/vcenter";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { caution, ok, type PreflightLine, refused } from "./line";

const TEMPLATE = "hypervisor.template";
const OLDEST_HARDWARE = 13;

/** A template as the description names it, and the machines that are cloned from it. */
interface Named {
  path: string;
  name: string;
  machines: readonly MachinePlan[];
}

/** The templates that machines are cloned from: the one for all, and hosts' own copies. */
export function templateLines({ spec, machines }: SitePlan, wanted: Vcenter, facts: VcenterFacts): PreflightLine[] {
  const names = new Set(machines.map(({ host }) => templateOn(spec, host) ?? wanted.template));
  return [...names].flatMap((name) => {
    const copy = spec.hosts.findIndex(({ template }) => template === name);
    const path = name === wanted.template ? TEMPLATE : `hosts[${copy}].template`;
    return linesOf({ path, name, machines: machines.filter(({ host }) => templateOn(spec, host) === name) }, facts);
  });
}

function linesOf(named: Named, facts: VcenterFacts): PreflightLine[] {
  const { path, name, machines } = named;
  const templates = facts.templates.filter((template) => template.name === storedName(name));
  const [template, second] = templates;
  if (!template)
    return [
      refused(
        path,
        `vCenter shows no virtual machine or template ${name} to this account`,
        `import one under that name. If it is an item of a content library, which no machine is cloned from: \`govc library.deploy /LIBRARY/${name} ${name}\`, then \`govc vm.markastemplate ${name}\``,
      ),
    ];
  if (second)
    return [
      refused(
        path,
        `${templates.length} are called ${name}: ${templates.map(({ path }) => path).join(", ")}`,
        "rename all but one of them",
      ),
    ];
  const away = template.connection !== undefined && template.connection !== "connected";
  const found = away
    ? [refused(path, `vCenter says it is ${template.connection}`, reachable(path))]
    : [
        ...stateLines(path, template),
        ...diskLines(path, machines, template),
        ...mediaLines(path, template),
        ...reachLines(named, template, facts),
      ];
  const refusals = found.filter(({ state }) => state === "refused");
  return refusals.length > 0 ? found : [...found, ok(path, describe(template))];
}

function reachable(path: string): string {
  return path === TEMPLATE
    ? "bring its host or datastore back, or import it again; a copy for each host (hosts[].template) outlasts the others"
    : "bring its host or datastore back, or leave this out, so that hypervisor.template is copied over the network";
}

function describe({ path, disks, firmware, secureBoot, hardwareVersion }: TemplateFact): string {
  const boot = firmware && `${firmware.toUpperCase()}${secureBoot ? " with secure boot" : ""}`;
  const size = disks?.[0] && `one disk of ${disks[0].sizeGiB} GiB`;
  return [path, boot, size, hardwareVersion].filter(Boolean).join(", ");
}

function stateLines(
  path: string,
  { poweredOn, snapshots, tools, hardwareVersion, vtpm }: TemplateFact,
): PreflightLine[] {
  const version = Number(/^vmx-(\d+)$/.exec(hardwareVersion ?? "")?.[1] ?? Number.NaN);
  return [
    ...(poweredOn
      ? [refused(path, "it runs, and its disk changes while it is cloned", "shut it down, or make it a template")]
      : []),
    ...(snapshots
      ? [caution(path, "it has snapshots, which every clone is put together from", "remove them to clone faster")]
      : []),
    ...(tools === false
      ? [
          caution(
            path,
            "vCenter knows of no VMware tools in it: no address of a machine is shown when SSH does not answer",
            "install open-vm-tools, which the VMware data source of cloud-init needs too",
          ),
        ]
      : []),
    ...(version < OLDEST_HARDWARE
      ? [
          caution(
            path,
            `its hardware version is ${hardwareVersion}`,
            `upgrade it to vmx-${OLDEST_HARDWARE} or newer: older ones add no memory while a machine runs`,
          ),
        ]
      : []),
    ...(vtpm
      ? [caution(path, "it has a vTPM, which no clone of it gets", "remove it, so that nothing in it relies on one")]
      : []),
  ];
}

function diskLines(path: string, machines: readonly MachinePlan[], { disks }: TemplateFact): PreflightLine[] {
  if (disks === undefined) return [];
  const [disk] = disks;
  if (!disk || disks.length > 1)
    return [
      refused(path, `it has ${disks.length === 0 ? "no disk" : `${disks.length} disks`}`, "use one with one disk"),
    ];
  const controller =
    disk.controller === "scsi"
      ? []
      : [
          refused(
            path,
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
      path,
      `its disk has ${disk.sizeGiB} GiB, and ${roles.join(", ")} get ${first.disks[0]?.sizeGiB} GiB`,
      `give them at least ${disk.sizeGiB} GiB (systemDiskGiB of stores, diskGiB of all others), or use a smaller template`,
    ),
  ];
}

function mediaLines(path: string, { iso }: TemplateFact): PreflightLine[] {
  return iso === undefined
    ? []
    : [
        refused(
          path,
          `${iso} is in its CD-ROM drive`,
          "take it out: hosts that do not see that datastore refuse the clone",
        ),
      ];
}

/** A template on one host's own datastore is copied over the network to every other host, and is gone with that host. */
function reachLines({ path, machines }: Named, { datastores }: TemplateFact, facts: VcenterFacts): PreflightLine[] {
  const seeing = new Set(
    facts.datastores.filter(({ name }) => datastores.includes(name)).flatMap(({ hosts }) => hosts),
  );
  const blind = [...new Set(machines.map(({ host }) => host))].filter((host) => !seeing.has(host));
  if (seeing.size === 0 || blind.length === 0) return [];
  return [
    caution(
      path,
      `its files lie on ${datastores.join(", ")}, which ${blind.join(", ")} cannot see`,
      path === TEMPLATE
        ? `clones to them go over the management network; if ${[...seeing].join(", ")} is lost, no machine can be made: name a copy on each host, hosts[].template`
        : `put it on a datastore of ${blind.join(", ")}: else it is copied over the network, as hypervisor.template would be`,
    ),
  ];
}
