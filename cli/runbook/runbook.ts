import type { CertificateRecord } from "../../components/Pki";
import type { MachineRecord, MemberRecord } from "../../components/records";
import { templateOf, vcenterOf } from "../../site/description/hypervisors";
import type { SiteSpec } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import type { QualifiedDisk } from "../../site/life/qualifiedDisk";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import type { Drawing } from "../report/site";
import { accessSteps, healthSteps, otherProcedures } from "./chapters";
import { kindProcedures } from "./kinds";
import type { Procedure, Step } from "./procedure";
import { quorumProcedure } from "./quorum";
import { restoreSteps } from "./restore";
import { Shell } from "./shell";

/** What the stack says of what runs; nothing of it is secret. */
export interface Outputs {
  machines?: MachineRecord[];
  members?: MemberRecord[];
  certificates?: CertificateRecord[];
  endpoint?: string;
}

/** Everything that is in a site's runbook. Plain data, with no secret in it. */
export interface Runbook {
  site: string;
  stack: string;
  /** RFC 3339. */
  made: string;
  contacts: SiteSpec["contacts"];
  /** What to know before all else: that nothing runs yet, or not what is described. */
  warnings: string[];
  endpoint: string;
  network: { name: string; value: string }[];
  machines: MachinePlan[];
  /** What was measured of members' disks, by their names; nothing while nothing of the site runs. */
  disks?: ReadonlyMap<string, QualifiedDisk | undefined>;
  drawing: Drawing;
  access: Step[];
  health: Step[];
  /** A chapter for each kind of what can fail by itself. */
  kinds: Procedure[];
  quorum: Procedure;
  others: Procedure[];
  restore: Step[];
  certificates: CertificateRecord[];
}

export interface RunbookOptions {
  stack: string;
  configFile?: string;
  made: Date;
}

export function runbookOf(plan: SitePlan, outputs: Outputs, { stack, configFile, made }: RunbookOptions): Runbook {
  const shell = new Shell(plan, stack, configFile);
  const facts = factsOfPlan(plan);
  const among = components(facts);
  return {
    site: plan.site,
    stack,
    made: made.toISOString(),
    contacts: plan.spec.contacts,
    warnings: warnings(plan, outputs),
    endpoint: outputs.endpoint ?? `https://${plan.endpoint.host}:${plan.endpoint.port}`,
    network: networkOf(plan),
    machines: plan.machines,
    ...(outputs.members && { disks: new Map(outputs.members.map(({ name, disk }) => [name, disk])) }),
    drawing: {
      facts,
      failures: singleFailures(facts).map((failure, i) => {
        const { down = [], wiped = [] } = among[i] ?? {};
        return { ...failure, down, wiped };
      }),
      gone: [],
    },
    access: accessSteps(shell),
    health: healthSteps(shell),
    kinds: kindProcedures(shell),
    quorum: quorumProcedure(shell),
    others: otherProcedures(shell),
    restore: restoreSteps(shell),
    certificates: certificatesOf(outputs),
  };
}

/** The one that ends first above; those of one day by name. */
function certificatesOf({ certificates = [] }: Outputs): CertificateRecord[] {
  const key = ({ expires, id }: CertificateRecord) => `${expires.slice(0, 10)} ${id}`;
  return [...certificates].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Where what runs is not what is described: the runbook would send its reader to the wrong place. */
function warnings(plan: SitePlan, { machines }: Outputs): string[] {
  if (machines === undefined) return ["Nothing of this site runs yet: this is what its description says."];
  const planned = new Map(plan.machines.map((machine) => [machine.name, machine]));
  const running = new Map(machines.map((machine) => [machine.name, machine]));
  const differ = [...new Set([...planned.keys(), ...running.keys()])].sort().flatMap((name) => {
    const [is, said] = [running.get(name), planned.get(name)];
    if (is === undefined) return [`${name} is described but does not run.`];
    if (said === undefined) return [`${name} (${is.address}, on ${is.host}) runs but is not described.`];
    if (is.host === said.host && is.address === said.address) return [];
    return [`${name} runs on ${is.host} at ${is.address}, but is described on ${said.host} at ${said.address}.`];
  });
  return differ.length === 0
    ? []
    : ["The description was changed and never brought up; run `pulumi preview`.", ...differ];
}

function networkOf({ spec, vip }: SitePlan): Runbook["network"] {
  const { network, hypervisor } = spec;
  const [vcenter, template] = [vcenterOf(hypervisor), templateOf(hypervisor)];
  return [
    { name: "network", value: network.cidr },
    { name: "gateway", value: network.gateway },
    ...(vip ? [{ name: "address of the API (on one of the load balancers)", value: vip }] : []),
    { name: "name servers", value: network.nameservers.join(", ") },
    ...(vcenter
      ? [
          { name: "vCenter", value: `https://${vcenter.server}` },
          { name: "datacenter and cluster", value: `${vcenter.datacenter}, ${vcenter.cluster}` },
        ]
      : []),
    ...(template ? [{ name: "template of the machines", value: template }] : []),
  ];
}
