import * as types from "../../../policies/types";
import { idOf, inputsOf } from "../../support/demoStack";
import { type Breakage, moveMachine, set } from "../breakage";

/** What holds machines where the plan has them. */
export const placement: Breakage[] = [
  {
    rule: "held-without-drs",
    spec: (site) => {
      site.hypervisor.drs = false;
      site.sharedStorage = [{ id: "naa.fa0", kind: "san", media: "ssd", datastores: ["san-1"] }];
      const placement = { a: { host: "esx-1", datastore: "esx-1-b" }, b: { host: "esx-2", datastore: "esx-2-b" } };
      site.loadBalancer = { kind: "haproxy", placement };
      site.controlPlanes = { count: 2, placement };
    },
    change: set("demo-control-plane-a", { datastoreId: idOf("datastore", "san-1") }),
    says:
      "machines.demo-control-plane-a: nothing keeps demo-control-plane-a on esx-1: other hosts see naa.fa0, and start it there; " +
      "place it on a datastore of its host's own, or turn DRS on and leave hypervisor.drs out",
  },
  {
    rule: "anti-affinity-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-apart", types.antiAffinityRule).mandatory = false;
    },
    says:
      "rules.demo-etcd-apart: rule demo-etcd-apart is not mandatory: DRS may put demo-etcd-a, demo-etcd-b and demo-etcd-c together; " +
      "add an enabled, mandatory anti-affinity rule that names them all",
  },
  {
    rule: "anti-affinity-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-apart", types.antiAffinityRule).virtualMachineIds.pop();
    },
    says:
      "machines.demo-etcd-a: no rule keeps demo-etcd-a, demo-etcd-b and demo-etcd-c apart: DRS may put them together; " +
      "add an enabled, mandatory anti-affinity rule that names them all",
  },
  {
    rule: "vm-host-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-on-esx-2", types.hostRule).enabled = false;
    },
    says: [
      "machines.demo-control-plane-b: no VM-host rule keeps demo-control-plane-b on esx-2; add an enabled, mandatory VM-host rule for it",
      "machines.demo-etcd-b: no VM-host rule keeps demo-etcd-b on esx-2; add an enabled, mandatory VM-host rule for it",
    ],
  },
  {
    rule: "vm-host-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-on-esx-2-machines", types.virtualMachineGroup).virtualMachineIds.pop();
    },
    says: "machines.demo-etcd-b: no VM-host rule keeps demo-etcd-b on esx-2; add an enabled, mandatory VM-host rule for it",
  },
  {
    rule: "vm-host-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-on-esx-3-hosts", types.hostGroup).hostSystemIds = [idOf("host", "esx-1")];
    },
    says: ["demo-etcd-c", "demo-load-balancer-a"].map(
      (name) =>
        `machines.${name}: rule demo-on-esx-3 keeps ${name} off esx-3, where it is; correct the rule or the machine's host`,
    ),
  },
  {
    rule: "anti-affinity-possible",
    change: moveMachine("demo-etcd-b", "esx-1"),
    says:
      "rules.demo-etcd-apart: rule demo-etcd-apart keeps demo-etcd-a and demo-etcd-b apart, but both are on esx-1; " +
      "place one of them on another host",
  },
  {
    rule: "disk-on-its-host",
    change: moveMachine("demo-general-a", "esx-2"),
    says:
      "machines.demo-general-a.disks.system: demo-general-a runs on esx-2, which does not see device naa.5000c500a0000032 of its system disk; " +
      "use a datastore of the machine's host",
  },
];
