import type { MachinePlan } from "../../site/plan/model";
import { machinesOf } from "../../site/plan/roles";
import { act, type Procedure, type Step, see, tell, type Way } from "./procedure";
import type { Shell } from "./shell";

/** How the reader gets in. */
export function accessSteps(shell: Shell): Step[] {
  return [
    tell(
      "You need: the folder of the sites, with Pulumi.yaml and stacks/, on a computer in the site's network, with Node.js, pulumi, kubectl and ssh" +
        `${shell.vcenter ? ", and govc (of govmomi)" : ""}; the address of the state, and its passphrase. Run \`npm ci\` in the folder once.`,
    ),
    {
      text: "Say who you are, in every new terminal, in the folder of the sites:",
      command: shell.credentials(),
      use: "ask",
    },
    {
      text: "Fetch what opens the site, once. It lies in a folder that only you can read; delete that folder afterwards.",
      command: shell.access(),
      use: "access",
    },
    { text: "In every new terminal:", command: shell.environment(), use: "access" },
  ];
}

/** What is asked first, and after every recovery. */
export function healthSteps(shell: Shell): Step[] {
  const members = machinesOf(shell.plan, "etcd");
  const planes = machinesOf(shell.plan, "control-plane");
  const balancers = machinesOf(shell.plan, "load-balancer");
  const [asked] = members;
  return [
    see("Every node is Ready:", "kubectl --request-timeout=15s get nodes -o wide"),
    ...(asked
      ? [
          see(
            "Every member of etcd is healthy (if this machine is the one that is down, ask from another):",
            shell.etcdctl(asked, members, "endpoint health"),
          ),
          see(
            "They agree on one leader, and none has an alarm:",
            shell.etcdctl(asked, members, "endpoint status -w table"),
          ),
        ]
      : []),
    ...planes.map((plane) => see(`The API answers on ${plane.name}:`, shell.works(plane))),
    ...balancers.map((balancer) => see(`${balancer.name} balances:`, shell.works(balancer))),
    see(
      "Nothing that should run does not:",
      "kubectl get pods -A --field-selector=status.phase!=Running,status.phase!=Succeeded",
    ),
    see(
      "What runs is what the description says; a change here was never brought up, or was made by hand:",
      shell.pulumi("preview"),
    ),
  ];
}

/** What has no row in the failure table, because it is no single failure of hardware. */
export function otherProcedures(shell: Shell): Procedure[] {
  const planes = machinesOf(shell.plan, "control-plane");
  return [
    {
      id: "disk full",
      title: "A disk is full",
      happens: ["etcd raises an alarm and refuses writes, or a node evicts its pods."],
      see: shell.plan.machines.map((machine) => see(`On ${machine.name}:`, shell.on(machine, "df -h / /var/lib"))),
      ways: [
        {
          id: "free",
          when: "Always",
          steps: [
            tell("Free space: old logs, images that nothing uses. Never a file below /var/lib/etcd."),
            ...planes
              .slice(0, 1)
              .map((m) =>
                act("For example on a node; on the others alike.", shell.on(m, "journalctl --vacuum-size=200M")),
              ),
            tell("If etcd still refuses writes afterwards, its alarm stands:"),
            ...machinesOf(shell.plan, "etcd")
              .slice(0, 1)
              .map((m) => act("Take the alarm back, once there is space.", shell.etcdctl(m, [m], "alarm disarm"))),
          ],
        },
      ],
    },
    {
      id: "up interrupted",
      title: "pulumi up was interrupted, or the stack is locked",
      happens: ["Nothing is lost: the state lists what was being made."],
      see: [see("Who did what last:", shell.pulumi("stack history"))],
      ways: [
        {
          id: "recover",
          when: "The run is gone for good",
          steps: [
            act("Remove its lock and what it left half made.", recover(shell)),
            act("Go on. It is safe to repeat.", shell.pulumi("up --yes --skip-preview")),
          ],
        },
      ],
    },
    {
      id: "certificate expired",
      title: "x509: certificate has expired",
      happens: ["Nobody ran `up` for months. Machines do not trust each other any more."],
      see: [see("The dates:", shell.pulumi("stack output certificates"))],
      ways: [
        {
          id: "renew",
          when: "Always",
          steps: [act("Issue and install new ones.", shell.pulumi("up --yes --skip-preview"))],
        },
      ],
    },
  ];
}

function recover(shell: Shell): string {
  return `npx groundwork recover --stack ${shell.stack}${shell.config}`;
}

/** etcd has no majority left. */
export function quorumProcedure(shell: Shell): Procedure {
  const members = machinesOf(shell.plan, "etcd");
  return {
    id: "quorum lost",
    title: "etcd has lost its quorum",
    happens: [
      `Fewer than ${Math.floor(members.length / 2) + 1} of the ${members.length} members run: nothing can be changed, and the API does not answer or answers with errors.`,
      "What runs on the workers runs on. Take your time; do not delete anything.",
    ],
    see: members.map((member) =>
      see(`This fails if ${member.name} does not run, or is without the others:`, shell.works(member)),
    ),
    ways: [
      {
        id: "back",
        when: "Enough of them are only off, or come back with their disks",
        steps: [
          tell("Bring back their hosts and devices first."),
          ...(shell.vcenter
            ? [act("Switch them on; one that is on already says so, which is no fault.", shell.power("on", members))]
            : []),
          ...shell.wait(members).map((command) => act("Wait until it is healthy.", command)),
          tell("Nothing is lost. If one of them is gone for good, go on with its own chapter."),
        ],
      },
      ...members.map((member) => alone(shell, member)),
      {
        id: "nothing",
        when: "No member's data is left",
        steps: [tell("Go on with “Restore from a backup”.")],
      },
    ],
  };
}

/**
 * One member's data makes a cluster of one, which the others then join with empty disks. It is restored, as a snapshot is, and not
 * started with `force-new-cluster`: etcd 3.6 then comes back with voters that were removed long ago, if members were replaced since its
 * last snapshot of itself. The leap in revisions is that of every restore: API servers must never see one twice.
 */
function alone(shell: Shell, member: MachinePlan): Way {
  const { name, address } = member;
  const others = machinesOf(shell.plan, "etcd").filter((other) => other.name !== name);
  const script = [
    "cd /var/lib/etcd",
    "systemctl stop etcd",
    "rm -rf data.alone",
    "etcdutl snapshot restore data/member/snap/db --skip-hash-check --data-dir data.alone \\",
    `  --name ${name} --initial-cluster ${name}=https://${address}:2380 \\`,
    `  --initial-advertise-peer-urls https://${address}:2380 --initial-cluster-token "alone-$(date +%s)" \\`,
    "  --bump-revision 1000000000 --mark-compacted",
    "chown -R etcd:etcd data.alone",
    'mv data "data-before-$(date +%s)"',
    "mv data.alone data",
    "systemctl start etcd",
  ];
  const [refresh, preview, up] = shell.remake() as [string, string, string];
  return {
    id: `alone ${name}`,
    when: `The others are gone for good, and ${name} has its data`,
    steps: [
      tell(
        "Every write that was acknowledged is on a majority of the disks: one disk alone may lack the last few. " +
          "If several members are left, take the one with the newest data, and give up the others.",
      ),
      act(
        "Make it a cluster of its own. What it had is kept beside it, as /var/lib/etcd/data-before-….",
        `ssh -F ${shell.folder}/ssh ${name} sudo bash -eu <<'END'\n${script.join("\n")}\nEND`,
      ),
      ...shell
        .wait([member])
        .map((command) => act("Wait until it serves. From here on the API answers again.", command)),
      ...(shell.vcenter
        ? [act("Delete what vCenter still lists of the others.", shell.discard(others))]
        : [tell(`Install the servers again: ${others.map(({ name }) => name).join(", ")}.`)]),
      act("Let Pulumi see what is gone.", refresh),
      see("The others will be made again, and nothing else.", preview),
      act("Make them again: they join one after the other.", up),
      ...shell.wait(others).map((command) => act("Wait until it works.", command)),
    ],
  };
}
