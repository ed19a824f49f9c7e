import type { MachineInVcenter, VcenterFacts } from "../../facts/vcenter";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { caution, type PreflightLine, refused } from "./line";

/** Why vCenter has no settings of a machine that it still lists. */
const GONE: Record<string, string> = {
  inaccessible: "its files cannot be read: their datastore is away",
  orphaned: "its host no longer knows it",
  invalid: "its files are damaged",
  disconnected: "its host does not respond",
};

/** The site's own machines that exist, where vCenter knows why one of them cannot be reached or changed. */
export function machineStateLines(
  { machines }: Pick<SitePlan, "machines">,
  facts: Pick<VcenterFacts, "machines">,
  mine: ReadonlySet<string>,
): PreflightLine[] {
  const byName = new Map(facts.machines.map((machine) => [machine.name, machine]));
  return machines
    .filter(({ name }) => mine.has(name))
    .flatMap((machine) => {
      const found = byName.get(machine.name);
      return found ? stateLines(machine, found) : [missing(machine)];
    });
}

function missing({ name }: MachinePlan): PreflightLine {
  return caution(
    `machines.${name}`,
    "the state knows it, and vCenter shows none of that name to this account",
    `if somebody removed it, \`groundwork recover --gone ${name}\` gives it up, and \`up\` makes it again; else give the account the read-only role on it`,
  );
}

function stateLines({ name, address }: MachinePlan, machine: MachineInVcenter): PreflightLine[] {
  const path = `machines.${name}`;
  const gone = GONE[machine.connection ?? ""];
  if (gone !== undefined)
    return [
      refused(
        path,
        `vCenter says it is ${machine.connection}: ${gone}`,
        `bring the host or datastore back; if it is gone for good, \`groundwork recover --gone\` with its name tells what to do, as does the runbook's page of it`,
      ),
    ];
  if (machine.question !== undefined)
    return [caution(path, `it waits for an answer: ${machine.question}`, "answer it in vCenter")];
  if (machine.poweredOn === false) return [caution(path, "it is switched off", "power it on, or run `up`, which does")];
  if (machine.toolsRun === false)
    return [
      caution(
        path,
        "it is on, and its VMware tools do not run: it has not finished booting, or has none",
        "look at its console in vCenter",
      ),
    ];
  if (machine.address !== undefined && machine.address !== address)
    return [
      caution(
        path,
        `it has the address ${machine.address}, not ${address}`,
        "see on its console what `cloud-init status --long` and `ip address` say",
      ),
    ];
  if (machine.toolsRun && machine.keepsUserdata)
    return [
      caution(
        path,
        "vCenter still holds what it was told for its first boot, its private SSH host key among it: the guest may not wipe it",
        "allow the guest to (isolation.tools.setinfo.disable), and empty guestinfo.userdata in its settings: `govc vm.change -e guestinfo.userdata=---`",
      ),
    ];
  return [];
}
