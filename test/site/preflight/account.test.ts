import { describe, expect, test } from "vitest";
import type { VcenterFacts } from "../../../site/facts/vcenter";
import { PRIVILEGES } from "../../../site/judge/preflight/account";
import { told } from "./facts";

describe("the account and names (real-vcenter-08, real-vcenter-09)", () => {
  test("what it lacks is one line an object", () => {
    const lines = told((facts) =>
      facts.missingPrivileges.push(
        { privilege: "StorageProfile.View", on: "the root of the inventory" },
        { privilege: "Network.Assign", on: "the datacenter" },
        { privilege: "Datastore.AllocateSpace", on: "the datacenter" },
      ),
    );
    expect(lines).toEqual([
      expect.stringMatching(/^refused VSPHERE_USER: it lacks StorageProfile\.View on the root of the inventory/),
      expect.stringMatching(/it lacks Network\.Assign, Datastore\.AllocateSpace on the datacenter/),
    ]);
  });

  test.each(Object.entries(PRIVILEGES).flatMap(([scope, ids]) => ids.map((id) => [id, scope] as const)))(
    "%s alone that is missing is one refusal, which names it",
    (privilege, on) => {
      expect(told((facts) => facts.missingPrivileges.push({ privilege, on }))).toEqual([
        `refused VSPHERE_USER: it lacks ${privilege} on ${on}; add them to its role; \`groundwork preflight --role\` prints the whole role`,
      ]);
    },
  );

  test("a leftover of a planned name is refused, a machine of the state's is not", () => {
    const leftover = (facts: VcenterFacts) => facts.machines.push({ name: "shop-etcd-a", path: "/DC0/vm/shop-etcd-a" });
    expect(told(leftover)).toEqual([
      expect.stringMatching(/^refused machines\.shop-etcd-a: vCenter has \/DC0\/vm\/shop/),
    ]);
    expect(told(leftover, ["shop-etcd-a"])).toEqual([]);
  });
});
