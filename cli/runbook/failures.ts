import { isStore } from "../../site/description/stores";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import { type Component, type Failure, failureTitle } from "../../site/judge/failures/model";
import type { MachinePlan } from "../../site/plan/model";
import { act, type Procedure, type Step, see, tell, type Way } from "./procedure";
import type { Shell } from "./shell";

/** A procedure for every row of the failure table, in its order. */
export function failureProcedures(shell: Shell): Procedure[] {
  const facts = factsOfPlan(shell.plan);
  const failures = singleFailures(facts);
  const all = components(facts);
  return all.map((component, i) => {
    const same = all.find((other) => isSame(component, other));
    const whole = procedure(shell, component, failures[i] as Failure);
    if (same === undefined) return whole;
    const steps = [
      tell(`Go on as with ${title(same.kind).toLowerCase()} ${same.id}: what stops and what to do are the same.`),
    ];
    return { ...whole, see: [], ways: [{ id: "same", when: "What to do", steps }] };
  });
}

/** A load balancer is a machine, a datastore lies on a device: their rows say the same. */
function isSame({ kind, id, down }: Component, other: Component): boolean {
  if (kind === "load-balancer") return other.kind === "machine" && other.id === id;
  return kind === "datastore" && other.kind === "device" && down.length > 0 && other.down.join() === down.join();
}

function procedure(shell: Shell, component: Component, failure: Failure): Procedure {
  const { kind, id } = component;
  const down = shell.plan.machines.filter(({ name }) => component.down.includes(name));
  return {
    id: `${kind} ${id}`,
    title: `${title(kind)} ${id}`,
    happens: happens(shell, failure, down),
    see: signs(shell, component, down),
    ways: ways(shell, component, failure, down),
  };
}

function title(kind: Failure["kind"]): string {
  const name = failureTitle(kind);
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function happens(shell: Shell, failure: Failure, down: readonly MachinePlan[]): string[] {
  const members = shell.plan.machines.filter(({ role }) => role === "etcd").length;
  const lost = down.filter(({ role }) => role === "etcd").length;
  const workers = shell.plan.machines.filter(({ role }) => role === "worker").length;
  const { cpus, memoryGiB } = failure.capacityLeft;
  return [
    down.length === 0
      ? "No machine stops."
      : `These stop, or cannot be reached: ${down.map((m) => m.name).join(", ")}.`,
    failure.etcdQuorum
      ? `etcd keeps its quorum: ${members - lost} of ${members} members are left. Nothing that was acknowledged is lost.`
      : `etcd has NO quorum: ${members - lost} of ${members} members are left. Nothing can be changed; what runs, runs on.`,
    failure.apiReachable ? "The API answers, after a few seconds at most." : "The API does NOT answer.",
    ...(failure.dataLost
      ? ["If the disks are gone for good, so is what is in etcd: only a restore brings it back."]
      : []),
    `${failure.workersLeft} of ${workers} workers are left, with ${cpus} CPUs and ${memoryGiB} GiB for pods.`,
  ];
}

/** How to see that it is this. */
function signs(shell: Shell, { kind, id }: Component, down: readonly MachinePlan[]): Step[] {
  const first = down[0];
  const datastores = kind === "datastore" ? [id] : kind === "device" ? datastoresOn(shell, id) : [];
  return [
    ...(kind === "host" && shell.vcenter
      ? [see("vCenter shows the host as not responding:", `govc host.info ${id}`)]
      : []),
    ...(shell.vcenter && datastores.length > 0
      ? [see("vCenter shows the datastore as not accessible:", `govc datastore.info ${datastores.map(word).join(" ")}`)]
      : []),
    ...(shell.vcenter && down.length > 0 && kind !== "network"
      ? [see("The power state of what is concerned:", `govc vm.info ${down.map(({ name }) => name).join(" ")}`)]
      : []),
    ...down
      .slice(0, kind === "machine" || kind === "load-balancer" ? 1 : 4)
      .flatMap((machine) => notWorking(shell, machine)),
    ...(first && ["device", "datastore"].includes(kind)
      ? [
          see(
            "What a machine on it says; input/output errors mean that the device is dead:",
            shell.on(first, `journalctl -n 20 --no-pager${isStore(first.role) ? " -u etcd" : ""}`),
          ),
        ]
      : []),
    ...(kind === "network"
      ? [tell("Neither the API nor any machine answers, and vCenter shows all of them powered on.")]
      : []),
    ...(down.length === 0 ? [tell("Nothing of this site shows it.")] : []),
  ];
}

function datastoresOn({ plan }: Shell, device: string): string[] {
  const found = plan.machines.flatMap((m) => m.disks.filter((d) => d.device === device).map((d) => d.datastore));
  return [...new Set(found)].sort();
}

/** A command that fails while the machine does not do its work, and says why. */
function notWorking(shell: Shell, machine: MachinePlan): Step[] {
  return [see(`${machine.name} does not do its work if this fails:`, shell.works(machine))];
}

function ways(shell: Shell, component: Component, failure: Failure, down: readonly MachinePlan[]): Way[] {
  const { kind, id } = component;
  if (kind === "network")
    return [
      {
        id: "back",
        when: "The network is repaired",
        steps: [
          tell("Repair it: switch, cables, port group. The machines find each other again by themselves."),
          ...waits(shell, down),
        ],
      },
    ];
  if (component.endpoint || down.length === 0)
    return [
      {
        id: "back",
        when: component.endpoint ? "It is not a machine of this site" : "Nothing runs on it",
        steps: [tell(sentence(failure.action))],
      },
    ];
  const whole = kind === "machine" || kind === "load-balancer";
  return [
    {
      id: "back",
      when: whole ? "It is only off, or hangs" : "It is back, with all its data",
      steps: back(shell, kind, down),
    },
    {
      id: "gone",
      when: whole ? "It, or its disk, is gone for good" : `${title(kind)} ${id} is gone for good`,
      steps: gone(shell, component, failure, down),
    },
  ];
}

/** The machines are there and only have to run. */
function back(shell: Shell, kind: Failure["kind"], down: readonly MachinePlan[]): Step[] {
  const cycled = kind === "device" || kind === "datastore";
  const start = shell.vcenter
    ? [
        ...(cycled
          ? [
              act(
                "Switch off what was on it: what such a machine still sees of its disk is dead.",
                shell.power("off", down),
              ),
            ]
          : []),
        act("Switch on; one that is on already says so, which is no fault.", shell.power("on", down)),
      ]
    : [tell(`Switch on: ${down.map((m) => `${m.name} (${m.address})`).join(", ")}. One that hangs is power-cycled.`)];
  return [...start, ...waits(shell, down)];
}

/** The machines are made again. */
function gone(shell: Shell, component: Component, failure: Failure, down: readonly MachinePlan[]): Step[] {
  if (!failure.etcdQuorum) return [tell("Do not delete anything. Go on with “etcd has lost its quorum” below.")];
  const replaced: Partial<Record<Failure["kind"], string>> = {
    device:
      "Put the replacement in, make a datastore of the same name on it, and write the new device's id into the description of the site (hosts, devices, id).",
    datastore: "Make a datastore of the same name on the device.",
    host: "Put the replacement in and join it to the cluster in vCenter. Write its name and its devices into the description of the site; keep the host's name if you can.",
  };
  const first = replaced[component.kind];
  const stores = down.some(({ role }) => isStore(role));
  const [refresh, preview, up] = shell.remake() as [string, string, string];
  return [
    ...(stores ? [tell("Only if every other member of etcd works: its data here is given up.")] : []),
    ...(first ? [tell(first)] : []),
    ...(shell.vcenter
      ? [act("Delete what vCenter still lists of the machines whose disks are gone.", shell.discard(down))]
      : [
          tell(
            `Install the servers again: ${down.map(({ name }) => name).join(", ")}. Write their new host keys into the description.`,
          ),
        ]),
    act("Let Pulumi see what is gone.", refresh),
    see("What will be made again; nothing else may be replaced or deleted.", preview),
    act("Make it again. It is safe to repeat.", up),
    ...waits(shell, down),
  ];
}

function waits(shell: Shell, machines: readonly MachinePlan[]): Step[] {
  return shell.wait(machines).map((command, i) => act(i === 0 ? "Wait until it works." : "And this.", command));
}

function sentence(action: string): string {
  return `${action[0]?.toUpperCase()}${action.slice(1)}.`.replaceAll("`", "");
}

function word(name: string): string {
  return /^[-\w.]+$/.test(name) ? name : `'${name}'`;
}
