import type { Element } from "hast";
import { h, s } from "hastscript";
import { DOMAIN_KINDS, FAILURE_DOMAINS } from "../../../site/description/failureDomains";
import type { DeviceFact, HostFact, MachineFact } from "../../../site/facts/model";
import type { MachineChange } from "../machines";

const width = 340;
const pad = 12;
/** What hosts depend on without lying in it. */
const supplies = DOMAIN_KINDS.filter((kind) => !FAILURE_DOMAINS[kind].isPlace);
const inner = width - 2 * pad;

export interface HostDrawing {
  site: string;
  host: HostFact;
  machines: readonly MachineFact[];
  devices: readonly DeviceFact[];
  /** Machines of all hosts: their disks may lie here. */
  all: readonly MachineFact[];
  changes: ReadonlyMap<string, MachineChange>;
}

/** One host: its machines above, its storage devices with the disks on them below. */
export function hostCard({ site, host, machines, devices, all, changes }: HostDrawing): Element {
  const top = stacked(
    machines.map((machine) => machineRow(site, machine, changes.get(machine.name))),
    54,
  );
  const below = stacked(
    devices.map((device) => deviceBox(site, device, all)),
    top.end + 10,
  );
  const height = below.end + pad - 6;
  const facts = [
    host.cpus !== undefined && `${host.cpus} virtual CPUs`,
    host.memoryGiB !== undefined && `${round(host.memoryGiB)} GiB`,
    ...supplies.map((kind) => host[kind] && `${kind} ${host[kind]}`),
    host.ecc && "ECC",
    host.dualPower && "dual power",
  ].filter(Boolean);
  return drawn(height, [
    s("rect.host", { x: 1, y: 1, width: width - 2, height: height - 2, rx: 12, dataHost: host.name }),
    clickable(`host ${host.name}`, `host ${host.name}: ${machines.length} machines`, [
      s("rect.grip", { x: 6, y: 6, width: width - 12, height: 40, rx: 8 }),
      s("text.name", { x: pad + 4, y: 24 }, host.name),
      s("text.small", { x: pad + 4, y: 39 }, facts.join(" · ")),
      s("text.small.right", { x: width - pad - 4, y: 24 }, "host"),
    ]),
    ...(machines.length === 0 ? [s("text.small", { x: pad + 4, y: 64 }, "no machine")] : []),
    ...top.parts,
    ...below.parts,
  ]);
}

/** Storage that several hosts see. */
export function sharedCard(site: string, devices: readonly DeviceFact[], all: readonly MachineFact[]): Element {
  const boxes = stacked(
    devices.map((device) => deviceBox(site, device, all)),
    40,
  );
  return drawn(boxes.end + pad, [
    s("rect.host", { x: 1, y: 1, width: width - 2, height: boxes.end + pad - 2, rx: 12 }),
    s("text.name", { x: pad + 4, y: 26 }, "storage that several hosts see"),
    ...boxes.parts,
  ]);
}

/** Machines whose host is not known. */
export function strayCard(
  site: string,
  machines: readonly MachineFact[],
  changes: ReadonlyMap<string, MachineChange>,
): Element {
  const rows = stacked(
    machines.map((machine) => machineRow(site, machine, changes.get(machine.name))),
    40,
  );
  return drawn(rows.end + pad, [
    s("rect.host", { x: 1, y: 1, width: width - 2, height: rows.end + pad - 2, rx: 12 }),
    s("text.name", { x: pad + 4, y: 26 }, "on a host that is not known"),
    ...rows.parts,
  ]);
}

interface Part {
  height: number;
  at(y: number): Element;
}

function stacked(parts: readonly Part[], from: number): { parts: Element[]; end: number } {
  let y = from;
  const placed = parts.map((part) => {
    const element = part.at(y);
    y += part.height + 6;
    return element;
  });
  return { parts: placed, end: Math.max(y, from + (parts.length === 0 ? 20 : 0)) };
}

const badges: Record<MachineChange["kind"], string> = {
  created: "+ new",
  replaced: "↻ replaced",
  deleted: "− deleted",
  changed: "~ changed",
  reconfigured: "~ config",
};

function machineRow(site: string, machine: MachineFact, change: MachineChange | undefined): Part {
  const height = 34;
  const { name, role, cpus, memoryGiB } = machine;
  const size = [cpus !== undefined && `${cpus} CPU`, memoryGiB !== undefined && `${round(memoryGiB)} GiB`];
  const badge = change && badges[change.kind];
  const badgeWidth = badge ? 12 + badge.length * 6.4 : 0;
  const said = `machine ${name}, ${role.replace("-", " ")}${change ? `, ${change.kind}` : ""}`;
  const at = (y: number) =>
    clickable(
      change?.kind === "deleted" ? undefined : `machine ${name}`,
      said,
      [
        s("rect.box", { x: pad, y, width: inner, height, rx: 7 }),
        s(`rect.stripe.${role}`, { x: pad, y, width: 6, height, rx: 3 }),
        s("text.machine-name", { x: pad + 15, y: y + 21.5 }, short(site, name)),
        s(
          "text.small.right",
          { x: width - pad - 10 - (badge ? badgeWidth + 6 : 0), y: y + 21.5 },
          size.filter(Boolean).join(" · "),
        ),
        ...(badge && change
          ? [
              s(`rect.badge.${change.kind}`, {
                x: width - pad - 8 - badgeWidth,
                y: y + 8,
                width: badgeWidth,
                height: 18,
                rx: 9,
              }),
              s(`text.badge-text.${change.kind}`, { x: width - pad - 8 - badgeWidth / 2, y: y + 21 }, badge),
            ]
          : []),
        s("path.cross", { d: `M${pad + 2} ${y + height - 3}L${width - pad - 2} ${y + 3}` }),
      ],
      { dataMachine: name, className: ["machine", ...(change ? [change.kind] : [])] },
    );
  return { height, at };
}

function deviceBox(site: string, device: DeviceFact, all: readonly MachineFact[]): Part {
  const disks = all.flatMap((machine) =>
    machine.disks.filter((disk) => disk.devices?.includes(device.id)).map((disk) => ({ machine, disk })),
  );
  disks.sort((a, b) => Number(b.disk.name === "data") - Number(a.disk.name === "data"));
  const rows = Math.max(1, Math.ceil(disks.length / 2));
  const height = 42 + rows * 26;
  const column = (inner - 24) / 2;
  const facts = [
    device.media,
    device.capacityGiB !== undefined && `${device.capacityGiB} GiB`,
    device.redundancy && device.redundancy !== "none" && device.redundancy,
  ];
  const at = (y: number) =>
    clickable(
      `device ${device.id}`,
      `storage device ${device.id} below ${device.datastores.join(", ")}: ${disks.length} disks`,
      [
        s("rect.device-box", { x: pad, y, width: inner, height, rx: 7 }),
        s("ellipse.platter", { cx: pad + 17, cy: y + 13, rx: 8, ry: 3.5 }),
        s("path.platter", { d: `M${pad + 9} ${y + 13}v10a8 3.5 0 0 0 16 0v-10` }),
        s("text.device-name", { x: pad + 33, y: y + 16 }, device.datastores.join(", ") || device.id),
        s("text.small.right", { x: width - pad - 10, y: y + 16 }, facts.filter(Boolean).join(" · ")),
        s("text.small", { x: pad + 33, y: y + 31 }, device.id),
        ...(disks.length === 0 ? [s("text.small", { x: pad + 10, y: y + 56 }, "empty")] : []),
        ...disks.flatMap(({ machine, disk }, i) => {
          const [x, top] = [pad + 8 + (i % 2) * (column + 8), y + 38 + Math.floor(i / 2) * 26];
          return s("g.disk", { dataDisk: `${machine.name} ${disk.name}` }, [
            s(`rect.pill.${machine.role}`, { x, y: top, width: column, height: 21, rx: 5, className: [disk.name] }),
            s("text.pill-text", { x: x + 9, y: top + 14.5 }, `${short(site, machine.name)} ${disk.name}`),
          ]);
        }),
      ],
    );
  return { height, at };
}

/** A group that can be chosen with a pointer and with the keyboard. */
function clickable(
  failure: string | undefined,
  label: string,
  children: Element[],
  properties: Record<string, unknown> = {},
): Element {
  const button = failure
    ? { role: "button", tabIndex: 0, dataFailure: failure, ariaPressed: "false" }
    : { role: "img", ariaLabel: label };
  return s("g", { ...button, ...properties } as never, [s("title", label), ...children]);
}

function drawn(height: number, children: Element[]): Element {
  return h("div.card", [
    s(
      "svg",
      { viewBox: `0 0 ${width} ${Math.ceil(height)}`, role: "group", width, height: Math.ceil(height) },
      children,
    ),
  ]);
}

function short(site: string, name: string): string {
  const own = name.startsWith(`${site}-`) ? name.slice(site.length + 1) : name;
  return own.length > 20 ? `${own.slice(0, 19)}…` : own;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
