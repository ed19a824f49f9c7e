import { FAILURE_DOMAINS } from "../../site/description/failureDomains";
import { isStore } from "../../site/description/stores";
import { isDomain } from "../../site/judge/failures/model";
import { type CaseKind, casesOf, NO_QUORUM } from "./cases";
import { act, type Case, fill, type Procedure, type Step, see, tell, type Way } from "./procedure";
import type { Shell } from "./shell";
import { gatewaySays, servicesSay, volumesSay } from "./workloads";

const MACHINES = "$MACHINES";

/** A chapter for each kind of thing that can fail by itself; which one it is, is a blank of its commands. */
export function kindProcedures(shell: Shell): Procedure[] {
  return [...casesOf(shell.plan)].map(([kind, cases]) => {
    const about = { shell, kind, cases };
    const { happens, ...title } = told(kind);
    return {
      id: kind,
      ...title,
      happens: [
        ...happens,
        ...servicesSay(shell.plan, kind),
        ...gatewaySays(shell.plan, kind),
        ...volumesSay(shell.plan, kind),
      ],
      cases,
      see: signs(about),
      ways: ways(about),
    };
  });
}

interface About {
  shell: Shell;
  kind: CaseKind;
  cases: readonly Case[];
}

/** What people call the chapter, and what leads to it. */
function told(kind: CaseKind): Pick<Procedure, "title" | "seen" | "happens"> {
  if (isDomain(kind)) {
    const { title } = FAILURE_DOMAINS[kind];
    const [first = "", ...rest] = title;
    return {
      title: `${first.toUpperCase()}${rest.join("")}: it fails with all its hosts`,
      seen: [`All hosts of one ${title} are gone at once`],
      happens: [`If only some of its hosts are gone, go on with the chapter on hosts.`],
    };
  }
  const texts: Record<
    Exclude<CaseKind, keyof typeof FAILURE_DOMAINS>,
    Pick<Procedure, "title" | "seen" | "happens">
  > = {
    machine: {
      title: "A machine does not work",
      seen: [
        "A node is NotReady",
        "One member of etcd, one load balancer or one API server does not answer",
        "A machine is switched off, hangs or is gone",
      ],
      happens: ["If several machines of one host or one device do not work, go on with the chapter on that."],
    },
    storage: {
      title: "A storage device or a datastore fails",
      seen: ["vCenter shows a datastore as not accessible", "A machine tells of input/output errors"],
      happens: ["A datastore fails with its device; its machines hang or stop."],
    },
    host: {
      title: "A host fails",
      seen: ["vCenter shows a host as not responding", "All machines of one host are gone at once"],
      happens: ["Its machines stop. They do not move elsewhere: the others do their work until it is back."],
    },
    network: {
      title: "The network fails",
      seen: ["Nothing answers, and everything is switched on"],
      happens: ["Everything runs on, and nobody reaches anybody."],
    },
    endpoint: {
      title: "The load balancer that is not part of this site",
      seen: ["The API servers work, and the API does not answer at its own address"],
      happens: ["It is not a machine of this site: call who runs it."],
    },
  };
  return texts[kind];
}

/** The blanks first, then how to see that it is this. */
function signs({ shell, kind, cases }: About): Step[] {
  if (kind === "endpoint") return [];
  if (kind === "network")
    return [
      tell("Neither the API nor any machine answers, and all of them are powered on."),
      see("This says so of each:", shell.works("$ALL")),
    ];
  const { vcenter } = shell;
  const blanks = {
    machine: ["Say which one: fill in its name.", "MACHINES=______________"],
    storage: [
      "Say which one: fill in the names of its datastores and its machines, as the table has them.",
      `${vcenter ? 'DATASTORES="______________" ' : ""}MACHINES="______________ ______________"`,
    ],
    host: [
      "Say which one: fill in its name and its machines, as the table has them.",
      `${vcenter ? "HOST=______________ " : ""}MACHINES="______________ ______________"`,
    ],
  };
  const [text, blank] = blanks[isDomain(kind) ? "machine" : kind] as [string, string];
  const domain = isDomain(kind)
    ? ["Fill in its machines, as the table has them.", 'MACHINES="______________ ______________"']
    : [];
  return [
    fill(domain[0] ?? text, domain[1] ?? blank),
    ...(kind === "host" && vcenter ? [see("vCenter shows the host as not responding:", 'govc host.info "$HOST"')] : []),
    ...(kind === "storage" && vcenter
      ? [see("vCenter shows the datastore as not accessible:", "govc datastore.info $DATASTORES")]
      : []),
    ...(vcenter ? [see("The power state of what is concerned:", `govc vm.info ${MACHINES}`)] : []),
    see("This names what does not work:", shell.works(MACHINES)),
    ...(kind === "storage" && cases.some(({ machines }) => machines.length > 0)
      ? [
          see(
            "What a machine on it says; input/output errors mean that the device is dead:",
            shell.on(`"\${MACHINES%% *}"`, "journalctl -n 20 --no-pager"),
          ),
        ]
      : []),
  ];
}

function ways(about: About): Way[] {
  const { shell, kind } = about;
  if (kind === "endpoint")
    return [{ id: "back", when: "Always", steps: [tell("Repair it. Nothing of this site has to be changed.")] }];
  if (kind === "network")
    return [
      {
        id: "back",
        when: "The network is repaired",
        steps: [
          tell("Repair it: switch, cables, port group. The machines find each other again by themselves."),
          act("Wait until all of them work.", shell.wait("$ALL")),
        ],
      },
    ];
  const back = {
    id: "back",
    when: kind === "machine" ? "It is only off, or hangs" : "It is back, with all its data",
    steps: steppingBack(about),
  };
  if (isDomain(kind) && !FAILURE_DOMAINS[kind].takesDisks) return [back];
  const when = kind === "machine" ? "It, or its disk, is gone for good" : "It is gone for good";
  return [back, { id: "gone", when, steps: gone(about) }];
}

/** The machines are there and only have to run. */
function steppingBack({ shell, kind }: About): Step[] {
  const start = shell.vcenter
    ? [
        ...(kind === "storage"
          ? [
              act(
                "Switch off what was on it: what such a machine still sees of its disk is dead.",
                shell.power("off", MACHINES),
              ),
            ]
          : []),
        act("Switch on; one that is on already says so, which is no fault.", shell.power("on", MACHINES)),
      ]
    : [tell("Switch the machines on. One that hangs is power-cycled.")];
  return [...start, act("Wait until it works.", shell.wait(MACHINES))];
}

const TEMPLATE = "If the template lay there, import it again under the same name: machines are made of it.";

/** vCenter deletes nothing of a host that does not answer, and no files that it cannot read; and it keeps a dead datastore's name as long. */
function givenUp(shell: Shell, kind: CaseKind): Step[] {
  const removed =
    "Take it out of vCenter's inventory; its machines go along, those of other sites too. One that still answers has to be in maintenance mode.";
  return [
    ...(kind === "host" ? [act(removed, 'govc host.remove "$HOST"')] : []),
    ...(isDomain(kind) ? [tell("Take each of its hosts out of vCenter's inventory; their machines go along.")] : []),
    ...(kind === "machine"
      ? [
          act(
            "Switch off what is left of it; that it is off or not there is no fault.",
            `${shell.power("off", MACHINES)} || true`,
          ),
        ]
      : []),
    act(
      "Give up what is gone, in vCenter and in the state. Without --yes it only says what it would do, or why it does not.",
      shell.giveUp(MACHINES),
    ),
  ];
}

/** The machines are made again. */
function gone({ shell, kind, cases }: About): Step[] {
  const replaced: Partial<Record<CaseKind, string>> = {
    storage:
      "Put the replacement in, make a datastore of the same name on it, and write the new device's id into the description of the site (hosts, devices, id).",
    host: "Put the replacement in and join it to the cluster in vCenter. Write its name and its devices into the description of the site; keep the host's name if you can.",
  };
  const first = replaced[kind];
  const [refresh, preview, up] = shell.remake() as [string, string, string];
  const hopeless = cases.filter(({ etcd }) => etcd.startsWith(NO_QUORUM));
  const stores = shell.plan.machines.filter(({ role }) => isStore(role)).map(({ name }) => name);
  const warned = [
    ...(hopeless.length > 0
      ? [
          tell(
            `${hopeless.flatMap(({ names }) => names).join(", ")}: do not delete anything. Go on with the chapter “etcd has lost its quorum”.`,
          ),
        ]
      : []),
    ...(cases.some(({ machines }) => machines.some((name) => stores.includes(name)))
      ? [tell("If a member of etcd is among them: only if every other member works. Its data here is given up.")]
      : []),
  ];
  if (hopeless.length === cases.length) return warned.slice(0, 1);
  return [
    ...warned,
    ...(shell.vcenter
      ? [...givenUp(shell, kind), ...(first ? [tell(first), tell(TEMPLATE)] : [])]
      : [
          ...(first ? [tell(first)] : []),
          tell("Install the servers again, and write their new host keys into the description."),
          act("Let Pulumi see what is gone.", refresh),
        ]),
    see("What will be made again; nothing else may be replaced or deleted.", preview),
    act("Make it again. It is safe to repeat.", up),
    act("Wait until it works.", shell.wait(MACHINES)),
  ];
}
