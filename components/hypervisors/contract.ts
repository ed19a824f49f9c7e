import type * as pulumi from "@pulumi/pulumi";
import type { Hypervisor } from "../../site/description/hypervisors";
import type { Applied } from "../../site/life/applied";
import type { Restore } from "../../site/life/restore";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import type { Machine } from "../Machine";
import type { Pki } from "../Pki";
import type { Sequence } from "../Sequence";

/**
 * What a hypervisor does for a site. The rules that it keeps are numbered in docs/extending/hypervisor.md; what it is able to do
 * at all stands in site/description/hypervisors.ts.
 *
 * @typeParam Described what the site's description says of it
 * @typeParam Access what it needs to be let in
 * @typeParam Transforms the ways round what it decides
 */
export interface HypervisorContract<Described extends Hypervisor, Access, Transforms> {
  /**
   * Who signs in: from the stack's configuration, else from the environment.
   *
   * @throws RunError as `path: fact; fix` if nobody said
   */
  access(config: pulumi.Config): Access;

  /**
   * The private key that every machine of the site accepts; a secret.
   *
   * @throws RunError as `path: fact; fix` if it is not known
   */
  login(access: Partial<Access>, pki: Pki): pulumi.Output<string>;

  /**
   * Registers the plan's machines, and whatever keeps them in their places.
   *
   * @returns every machine of the plan by its name
   * @throws RunError as `path: fact; fix`
   */
  machines(request: MachinesRequest<Described, Access, Transforms>): ReadonlyMap<string, Machine>;
}

/** What a hypervisor is told when it makes a site's machines. */
export interface MachinesRequest<Described extends Hypervisor, Access, Transforms> {
  plan: SitePlan;
  hypervisor: Described;
  access: Partial<Access>;
  /** The key of `login`. */
  sshPrivateKey: pulumi.Output<string>;
  /** Where keys come from: a machine's SSH host key, and what fills the text that it reads at first boot. */
  pki: Pki;
  /** What must be complete before a machine is touched. */
  sequence: Sequence;
  /** What the last complete `up` left. */
  applied?: Applied;
  /** The backup that new members of etcd start from. */
  restore?: Restore;
  /** Resolves when a machine that has just been made is worth a connection, or is given up. */
  booted?: (machine: MachinePlan) => Promise<void>;
  transform?: Transforms;
  /** The site: parent of all that is registered. */
  parent: pulumi.Resource;
}
