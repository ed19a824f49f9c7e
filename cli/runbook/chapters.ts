import { machinesOf } from "../../site/plan/roles";
import { pagePath } from "../output/page";
import { act, type Procedure, type Step, see, tell } from "./procedure";
import type { Shell } from "./shell";

/** How the reader gets in. */
export function accessSteps(shell: Shell): Step[] {
  return [
    tell(
      "You need: the folder of the sites, with Pulumi.yaml and stacks/, on a computer in the site's network, with bash, Node.js, pulumi, kubectl and ssh" +
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
    {
      text: "In every new terminal: the words that every other command here is made of.",
      command: shell.environment(),
      use: "access",
    },
  ];
}

/** What is asked first, and after every recovery. */
export function healthSteps(shell: Shell): Step[] {
  const members = machinesOf(shell.plan, "etcd");
  return [
    see("Every node is Ready:", "kubectl --request-timeout=15s get nodes -o wide"),
    see("Every machine does its work; those that do not are named:", shell.works("$ALL")),
    ...members
      .slice(0, 1)
      .map(({ name }) =>
        see(
          "The members of etcd agree on one leader, and none has an alarm (if this machine is the one that is down, ask from another):",
          shell.etcdctl(name, members, "endpoint status -w table"),
        ),
      ),
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
  const members = machinesOf(shell.plan, "etcd");
  const recover = `npx groundwork recover --stack ${shell.stack}${shell.config}`;
  return [
    {
      id: "disk-full",
      title: "A disk is full",
      seen: ["`database space exceeded`, `no space left on device`, or pods that are evicted"],
      happens: ["etcd raises an alarm and refuses writes, or a node evicts its pods."],
      cases: [],
      see: [
        see(
          "How full the disks are:",
          'for machine in $ALL; do echo "$machine:"; on "$machine" df -h / /var/lib; done',
        ),
      ],
      ways: [
        {
          id: "free",
          when: "Always",
          steps: [
            tell("Free space: old logs, images that nothing uses. Never a file below /var/lib/etcd."),
            act(
              "For example, on all machines.",
              'for machine in $ALL; do on "$machine" journalctl --vacuum-size=200M; done',
            ),
            tell("If etcd still refuses writes afterwards, its alarm stands:"),
            ...members
              .slice(0, 1)
              .map(({ name }) =>
                act("Take the alarm back, once there is space.", shell.etcdctl(name, members, "alarm disarm")),
              ),
          ],
        },
      ],
    },
    {
      id: "interrupted",
      title: "`pulumi up` was interrupted, or the stack is locked",
      seen: ["`the stack is currently locked`, or an `up` that was killed"],
      happens: ["Nothing is lost: the state lists what was being made."],
      cases: [],
      see: [see("Who did what last:", shell.pulumi("stack history"))],
      ways: [
        {
          id: "recover",
          when: "The run is gone for good",
          steps: [
            act("Remove its lock and what it left half made.", recover),
            act("Go on. It is safe to repeat.", shell.pulumi("up --yes --skip-preview")),
          ],
        },
      ],
    },
    {
      id: "expired",
      title: "A certificate has expired",
      seen: ["`x509: certificate has expired`"],
      happens: ["Nobody ran `up` for months. Machines do not trust each other any more."],
      cases: [],
      see: [see("The dates:", `npx groundwork certificates --stack ${shell.stack}`)],
      ways: [
        {
          id: "renew",
          when: "Always",
          steps: [act("Issue and install new ones.", shell.pulumi("up --yes --skip-preview"))],
        },
      ],
    },
    {
      id: "state",
      title: "The state is damaged or lost",
      seen: ["`pulumi` or `groundwork` cannot read the state, or nobody knows its passphrase"],
      happens: ["The site runs on; it can be looked at, and nothing of it can be changed."],
      cases: [],
      see: [],
      ways: [
        { id: "page", when: "Always", steps: [tell(`\`${pagePath("damaged-state.md")}\` says what can be done.`)] },
      ],
    },
  ];
}
