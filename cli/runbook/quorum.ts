import { machinesOf } from "../../site/plan/roles";
import { act, fill, type Procedure, see, tell, type Way } from "./procedure";
import type { Shell } from "./shell";

/** etcd has no majority left. */
export function quorumProcedure(shell: Shell): Procedure {
  const members = machinesOf(shell.plan, "etcd").map(({ name }) => name);
  const all = members.join(" ");
  return {
    id: "quorum",
    title: "etcd has lost its quorum",
    seen: [
      "`etcdserver: no leader`, `request timed out`: nothing can be changed",
      "Several members of etcd do not work",
    ],
    happens: [
      `Fewer than ${Math.floor(members.length / 2) + 1} of the ${members.length} members run: nothing can be changed, and the API does not answer or answers with errors.`,
      "What runs on the workers runs on. Take your time; do not delete anything.",
    ],
    cases: [],
    see: [see("This fails for a member that does not run, or is without the others:", shell.works(all))],
    ways: [
      {
        id: "back",
        when: "Enough of them are only off, or come back with their disks",
        steps: [
          tell("Bring back their hosts and devices first."),
          ...(shell.vcenter
            ? [act("Switch them on; one that is on already says so, which is no fault.", shell.power("on", all))]
            : []),
          act("Wait until they are healthy.", shell.wait(all)),
          tell("Nothing is lost. If one of them is gone for good, go on with the chapter on a machine."),
        ],
      },
      ...(members.length > 1 ? [alone(shell)] : []),
      {
        id: "nothing",
        when: "No member's data is left",
        steps: [tell("Go on with the chapter “Restore from a backup”.")],
      },
    ],
  };
}

/**
 * One member's data makes a cluster of one, which the others then join with empty disks. It is restored, as a snapshot is, and not
 * started with `force-new-cluster`: etcd 3.6 then comes back with voters that were removed long ago, if members were replaced since its
 * last snapshot of itself. The leap in revisions is that of every restore: API servers must never see one twice.
 */
function alone(shell: Shell): Way {
  const script = [
    "cd /var/lib/etcd",
    "systemctl stop etcd",
    "rm -rf data.alone",
    "etcdutl snapshot restore data/member/snap/db --skip-hash-check --data-dir data.alone \\",
    '  --name "$1" --initial-cluster "$1=https://$2:2380" \\',
    '  --initial-advertise-peer-urls "https://$2:2380" --initial-cluster-token "alone-$(date +%s)" \\',
    "  --bump-revision 1000000000 --mark-compacted",
    "chown -R etcd:etcd data.alone",
    'mv data "data-before-$(date +%s)"',
    "mv data.alone data",
    "systemctl start etcd",
  ];
  const [refresh, preview, up] = shell.remake() as [string, string, string];
  return {
    id: "alone",
    when: "One member has its data, and the others are gone for good",
    steps: [
      tell(
        "Every write that was acknowledged is on a majority of the disks: one disk alone may lack the last few. " +
          "If several members are left, take the one with the newest data, and give up the others.",
      ),
      fill(
        "Fill in the one that is left, and all others.",
        'LEFT=______________ OTHERS="______________ ______________"',
      ),
      act(
        "Make it a cluster of its own. What it had is kept beside it, as /var/lib/etcd/data-before-….",
        `${shell.on('"$LEFT"', 'bash -eu -s "$LEFT" "$(address "$LEFT")"')} <<'END'\n${script.join("\n")}\nEND`,
      ),
      act("Wait until it serves. From here on the API answers again.", shell.wait('"$LEFT"')),
      ...(shell.vcenter
        ? [
            act("Delete what vCenter still lists of the others.", "discard $OTHERS"),
            act(
              "Take out of vCenter what else of the site went with them: where it cannot read a machine's files, a refresh ends in a crash of the plugin.",
              'for machine in $ALL; do unreadable "$machine" && discard "$machine"; done; true',
            ),
          ]
        : [tell("Install the other servers again.")]),
      act("Let Pulumi see what is gone.", refresh),
      see("The others will be made again, and nothing else.", preview),
      act("Make them again: they join one after the other.", up),
      act("Wait until they work.", shell.wait("$OTHERS")),
    ],
  };
}
