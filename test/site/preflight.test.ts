import { describe, expect, test } from "vitest";
import { type Vcenter, vcenterOf } from "../../site/description/hypervisors";
import { parseSite } from "../../site/description/parse";
import type { VcenterFacts } from "../../site/facts/vcenter";
import { preflight } from "../../site/judge/preflight";
import { PRIVILEGES } from "../../site/judge/preflight/account";
import { deviceRefusals } from "../../site/judge/preflight/storage";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

const plan = planSite(parseSite(site(threeHosts)));
const wanted = vcenterOf(plan.spec.hypervisor) as Vcenter;
const hostNames = threeHosts.map(({ name }) => name);

/** A vCenter in which nothing stands in the way. */
function vcenter(change: (facts: VcenterFacts) => void = () => {}): VcenterFacts {
  const facts: VcenterFacts = {
    product: "VMware vCenter Server 8.0.3 build-1",
    cluster: { name: "C0", drs: true, ha: { enabled: false, admissionControl: false } },
    hosts: hostNames.map((name) => ({
      name,
      id: `id-${name}`,
      inCluster: true,
      connection: "connected",
      maintenance: false,
      networks: ["network-1"],
    })),
    datastores: threeHosts.flatMap(({ name, devices = [] }) =>
      devices.map(({ id, datastore = "" }) => ({
        name: datastore as string,
        kind: "VMFS",
        accessible: true,
        maintenance: false,
        freeGiB: 400,
        capacityGiB: 480,
        hosts: [name],
        extents: [id],
      })),
    ),
    networks: [{ id: "network-1", name: "VM Network", kind: "standard" }],
    templates: [
      {
        name: "groundwork-node",
        path: "/DC0/vm/groundwork-node",
        connection: "connected",
        isTemplate: true,
        poweredOn: false,
        firmware: "efi",
        secureBoot: true,
        hardwareVersion: "vmx-19",
        vtpm: false,
        snapshots: false,
        tools: true,
        disks: [{ sizeGiB: 8, controller: "scsi" }],
        datastores: threeHosts.map(({ name }) => `${name}-a`),
      },
    ],
    machines: [],
    missingPrivileges: [],
    unreadable: [],
  };
  change(facts);
  return facts;
}

const told = (change: (facts: VcenterFacts) => void, mine: string[] = []) =>
  preflight(plan, wanted, vcenter(change), new Set(mine))
    .filter(({ state }) => state !== "ok")
    .map(({ state, path, fact, fix }) => `${state} ${path}: ${fact}; ${fix}`);

const template = (change: Partial<VcenterFacts["templates"][number]>) => (facts: VcenterFacts) =>
  Object.assign(facts.templates[0] as object, change);
const store = (name: string, change: Partial<VcenterFacts["datastores"][number]>) => (facts: VcenterFacts) =>
  Object.assign(facts.datastores.find((each) => each.name === name) as object, change);
const esx2 = (change: Partial<VcenterFacts["hosts"][number]>) => (facts: VcenterFacts) =>
  Object.assign(facts.hosts[1] as object, change);

test("nothing is said where nothing stands in the way, and what was seen is (R9)", () => {
  expect(told(() => {})).toEqual([]);
  const lines = preflight(plan, wanted, vcenter(), new Set());
  expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(["ok"]));
  expect(lines.map(({ path }) => path)).toContain("hypervisor.template");
});

describe("the template (real-vcenter-07, real-vcenter-13, F7)", () => {
  test.each([
    [{ disks: [{ sizeGiB: 40, controller: "scsi" as const }] }, /its disk has 40 GiB, and .*etcd.* get 10 GiB/],
    [{ disks: [{ sizeGiB: 8, controller: "nvme" as const }] }, /at a controller of kind nvme/],
    [{ disks: [{ sizeGiB: 8, controller: "sata" as const }] }, /at a controller of kind sata/],
    [{ disks: [] }, /it has no disk/],
    [
      {
        disks: [
          { sizeGiB: 8, controller: "scsi" as const },
          { sizeGiB: 8, controller: "scsi" as const },
        ],
      },
      /2 disks/,
    ],
    [{ poweredOn: true }, /it runs/],
    [
      { connection: "inaccessible" },
      /vCenter says it is inaccessible; bring its host or datastore back, .+hosts\[\]\.template/,
    ],
    [{ iso: "[esx-1-a] debian.iso" }, /\[esx-1-a\] debian\.iso is in its CD-ROM drive/],
  ])("%j is refused", (change, expected) => {
    const lines = told(template(change));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^refused hypervisor\.template: /);
    expect(lines[0]).toMatch(expected);
  });

  test.each([
    [{ vtpm: true }, /vTPM, which no clone of it gets/],
    [{ snapshots: true }, /snapshots/],
    [{ tools: false }, /no VMware tools/],
    [{ hardwareVersion: "vmx-11" }, /vmx-11/],
    [{ datastores: ["esx-1-a"] }, /lie on esx-1-a, which esx-2, esx-3 cannot see/],
  ])("%j is a caution", (change, expected) => {
    const lines = told(template(change));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^caution hypervisor\.template: /);
    expect(lines[0]).toMatch(expected);
  });

  test("none, or two of its name", () => {
    const one = vcenter().templates[0] as VcenterFacts["templates"][number];
    expect(told((facts) => facts.templates.pop())).toEqual([expect.stringMatching(/no virtual machine or template/)]);
    expect(told((facts) => facts.templates.push({ ...one, path: "/DC0/vm/old/groundwork-node" }))).toEqual([
      expect.stringMatching(/2 are called groundwork-node: .*\/DC0\/vm\/old\/groundwork-node/),
    ]);
  });
});

test("real-vcenter-11: a vCenter that the plugin is not made for any more is told", () => {
  const products = (product: string) => told((facts) => Object.assign(facts, { product }));
  expect(products("VMware vCenter Server 7.0.3 build-19480866")).toEqual([
    expect.stringMatching(/^caution vCenter: it is VMware vCenter Server 7\.0\.3 .+not made for/),
  ]);
  expect(products("VMware vCenter Server 9.0.0 build-1")).toEqual([]);
  expect(products("VMware vCenter Server 12.0.1 build-1")).toEqual([]);
});

describe("copies of the template, on hosts that do not see the others' (real-vcenter-13)", () => {
  const hosts = threeHosts.map((host, i) => (i === 0 ? host : { ...host, template: `copy-${host.name}` }));
  const copied = planSite(parseSite(site(hosts)));
  const copiesTold = (change: (facts: VcenterFacts) => void) =>
    preflight(copied, wanted, vcenter(change), new Set())
      .filter(({ state }) => state !== "ok")
      .map(({ state, path, fact, fix }) => `${state} ${path}: ${fact}; ${fix}`);
  const withCopies = (facts: VcenterFacts) => {
    const [one] = facts.templates as [VcenterFacts["templates"][number]];
    facts.templates = ["esx-1", "esx-2", "esx-3"].map((host) => {
      const name = host === "esx-1" ? one.name : `copy-${host}`;
      return { ...one, name, path: `/DC0/vm/${name}`, datastores: [`${host}-a`] };
    });
  };

  test("are looked at each, and each host sees its own", () => {
    expect(copiesTold(withCopies)).toEqual([]);
  });

  test("one that is missing, cannot be cloned, or lies elsewhere is told at its host", () => {
    const found = copiesTold((facts) => {
      withCopies(facts);
      facts.templates.pop();
      Object.assign(facts.templates[1] as object, { poweredOn: true, datastores: ["esx-1-a"] });
    });
    expect(found).toEqual([
      expect.stringMatching(/^refused hosts\[1\]\.template: it runs/),
      expect.stringMatching(
        /^refused hosts\[2\]\.template: vCenter shows no virtual machine or template copy-esx-3 .+`govc library\.deploy \/LIBRARY\/copy-esx-3 copy-esx-3`/,
      ),
      expect.stringMatching(
        /^caution hosts\[1\]\.template: its files lie on esx-1-a, which esx-2 cannot see; put it on/,
      ),
    ]);
  });
});

describe("hosts, the cluster and its network (real-vcenter-10, real-vcenter-15, real-vcenter-16)", () => {
  test.each([
    [esx2({ connection: "notResponding" }), /^refused hosts\[1\]\.name: esx-2 is not responding/],
    [esx2({ connection: "disconnected" }), /esx-2 is disconnected/],
    [esx2({ maintenance: true }), /esx-2 is in maintenance mode/],
    [esx2({ inCluster: false }), /esx-2 is not in cluster C0/],
    [esx2({ networks: [] }), /^refused hypervisor\.network: esx-2 has no port group VM Network/],
    [esx2({ name: "ESX-2" }), /vCenter shows no host esx-2/],
  ])("%s", (change, expected) => {
    expect(told(change).join("\n")).toMatch(expected);
  });

  test("a network that is not there, or there twice", () => {
    expect(told((facts) => facts.networks.pop())).toEqual([expect.stringMatching(/no network VM Network/)]);
    expect(told((facts) => facts.networks.push({ id: "dvs-1", name: "VM Network", kind: "distributed" }))).toEqual([
      expect.stringMatching(/2 networks are called VM Network \(standard, distributed\)/),
    ]);
  });

  test("a port group of a distributed switch, whose name others have (F13)", () => {
    const on = (id: string, name: string, distributedSwitch: string) => ({
      ...{ id, name, kind: "distributed" as const, distributedSwitch },
    });
    const seen = (distributedSwitch: string | undefined, change: (facts: VcenterFacts) => void = () => {}) => {
      const facts = vcenter((each) => {
        each.networks.push(on("dvpg-1", "VM Network", "switch-a"), on("dvpg-2", "VM Network", "switch-b"));
        each.networks.push(on("dvpg-3", "Other", "switch-c"));
        for (const host of each.hosts) host.networks.push("dvpg-1", "dvpg-2");
        change(each);
      });
      return preflight(plan, { ...wanted, distributedSwitch }, facts, new Set())
        .filter(({ path }) => /network$|Switch$/.test(path))
        .map(({ state, path, fact, fix }) => `${state} ${path}: ${fact}${fix ? `; ${fix}` : ""}`);
    };
    expect(seen("switch-b")).toEqual([
      "ok hypervisor.network: VM Network (distributed on switch-b) is on every host that gets machines",
    ]);
    expect(seen(undefined)).toEqual([
      "refused hypervisor.network: 3 networks are called VM Network (standard, distributed on switch-a, distributed on switch-b); " +
        "name the switch of the one that is meant, hypervisor.distributedSwitch: switch-a or switch-b; or rename all but one of them",
    ]);
    expect(seen("switch-c")).toEqual([
      "refused hypervisor.network: distributed switch switch-c has no port group VM Network; name one of its port groups; " +
        "there is one of that name: standard, distributed on switch-a, distributed on switch-b",
    ]);
    expect(seen("switch-d")).toEqual([
      "refused hypervisor.distributedSwitch: vCenter shows no distributed switch switch-d to this account; use its name there: switch-a, switch-b, switch-c",
    ]);
    const away = (facts: VcenterFacts) => Object.assign(facts.hosts[1] as object, { networks: ["dvpg-2"] });
    expect(seen("switch-a", away)).toEqual([
      "refused hypervisor.network: esx-2 has no port group VM Network; add the host to distributed switch switch-a",
    ]);
    expect(seen("switch-a", (facts) => facts.networks.push(on("dvpg-9", "VM Network", "switch-a")))).toEqual([
      expect.stringMatching(/2 networks are called VM Network .*; rename all but one of them$/),
    ]);
  });

  test("DRS off is a caution on the hosts' own datastores; HA admission control is one, too", () => {
    const without = (facts: VcenterFacts) => {
      facts.cluster = { name: "C0", drs: false, ha: { enabled: true, admissionControl: true } };
    };
    expect(told(without)).toEqual([
      expect.stringMatching(/^caution hypervisor\.cluster: DRS is off in C0/),
      expect.stringMatching(/^caution hypervisor\.cluster: HA admission control is on in C0/),
    ]);
  });

  test("a description without DRS is as vCenter is, or is told", () => {
    const seen = (drs: boolean) => {
      const facts = vcenter((each) => Object.assign(each.cluster as object, { drs }));
      return preflight({ ...plan, rules: [] }, { ...wanted, drs: false }, facts, new Set())
        .filter(({ path }) => path === "hypervisor.drs")
        .map(({ state, fact }) => `${state} ${fact}`);
    };
    expect(seen(false)).toEqual(["ok DRS is off in C0, as described: no rules are made"]);
    expect(seen(true)).toEqual([expect.stringMatching(/^caution DRS is on in C0, and no rule keeps machines/)]);
  });

  test("no cluster of that name is one line", () => {
    const none = (facts: VcenterFacts) => {
      delete facts.cluster;
    };
    expect(told(none)).toEqual([expect.stringMatching(/^refused hypervisor\.cluster: vCenter shows no cluster C0/)]);
  });
});

describe("datastores and the devices below them (L3)", () => {
  test.each([
    [
      store("esx-2-b", { accessible: false }),
      /^refused hosts\[1\]\.devices\[1\]\.datastore: esx-2-b is not accessible/,
    ],
    [store("esx-2-b", { maintenance: true }), /esx-2-b is in maintenance mode/],
    [store("esx-2-b", { hosts: ["esx-1"] }), /esx-2-b is not mounted on esx-2/],
    [
      store("esx-2-b", { extents: ["naa.other"] }),
      /esx-2-b lies on naa\.other, not on naa\.esx-2-2; write id: naa\.other/,
    ],
    [store("esx-2-b", { extents: ["naa.esx-2-2", "naa.x"] }), /esx-2-b spans naa\.esx-2-2 and naa\.x/],
    [store("esx-2-b", { extents: [] }), /^caution hosts\[1\]\.devices\[1\]\.id: vCenter knows no disk below esx-2-b/],
    [store("esx-2-b", { freeGiB: 1 }), /esx-2-b has 1 GiB free, and \d+ GiB of disks are planned on it/],
    [store("esx-2-b", { name: "renamed" }), /vCenter shows no datastore esx-2-b/],
  ])("%s", (change, expected) => {
    const lines = told(change);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test("ids are compared as vCenter does: without regard to case", () => {
    expect(told(store("esx-2-b", { extents: ["NAA.ESX-2-2"] }))).toEqual([]);
  });

  test("disks of machines that are there already take no more room", () => {
    const full = (facts: VcenterFacts) => {
      store("esx-2-b", { freeGiB: 0 })(facts);
      facts.machines = plan.machines.map(({ name }) => ({ name, path: `/DC0/vm/${name}` }));
    };
    expect(
      told(
        full,
        plan.machines.map(({ name }) => name),
      ),
    ).toEqual([]);
  });
});

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

describe("names and ids as a description may write them", () => {
  test.each([["VLAN 120/121"], ["VLAN 120%2f121"], ["VLAN 120%2F121"]])(
    "F10: a port group that vCenter keeps as VLAN 120%%2f121 is found as %s",
    (network) => {
      const facts = vcenter(({ networks: [first] }) => {
        if (first) first.name = "VLAN 120%2f121";
      });
      const lines = preflight(plan, { ...wanted, network }, facts, new Set());
      expect(lines.filter(({ state }) => state === "refused")).toEqual([]);
    },
  );

  test("F4: a disk that is described with its host is the one below its datastore", () => {
    const mpx = "mpx.vmhba0:C0:T0:L0";
    const hosts = threeHosts.map((host) => ({
      ...host,
      devices: host.devices?.map((device, i) => (i === 0 ? { ...device, id: `${host.name}/${mpx}` } : device)),
    }));
    const facts = vcenter(({ datastores }) => {
      for (const store of datastores) if (store.name.endsWith("-a")) store.extents = [mpx];
    });
    const own = planSite(parseSite(site(hosts)));
    expect(preflight(own, wanted, facts, new Set()).filter(({ state }) => state === "refused")).toEqual([]);
    const another = vcenter(({ datastores: [first] }) => {
      if (first) first.extents = ["mpx.vmhba0:C0:T1:L0"];
    });
    expect(preflight(own, wanted, another, new Set())).toContainEqual(
      expect.objectContaining({ state: "refused", path: "hosts[0].devices[0].id" }),
    );
  });
});

describe("machines of the site that exist", () => {
  const name = "shop-general-a";
  const address = plan.machines.find((machine) => machine.name === name)?.address;
  const told = (machine: object) => {
    const facts = vcenter((known) => {
      known.machines = [{ name, path: `/DC0/vm/${name}`, ...machine }];
    });
    const lines = preflight(plan, wanted, facts, new Set([name]));
    return lines.filter(({ path }) => path === `machines.${name}`).map(({ state, fact }) => `${state}: ${fact}`);
  };

  test("real-vcenter-02: one that vCenter no longer reaches is refused, with why", () => {
    for (const connection of ["inaccessible", "orphaned", "invalid", "disconnected"])
      expect(told({ connection })).toEqual([expect.stringMatching(`^refused: vCenter says it is ${connection}: `)]);
    expect(told({ connection: "connected", poweredOn: true })).toEqual([]);
  });

  test("real-vcenter-02: one that was removed by hand is told", () => {
    const lines = preflight(plan, wanted, vcenter(), new Set([name]));
    expect(lines).toContainEqual(
      expect.objectContaining({
        state: "caution",
        path: `machines.${name}`,
        fact: expect.stringContaining("none of that name"),
      }),
    );
  });

  test("real-vcenter-19: one that could not wipe what it was told for its first boot is told", () => {
    const boots = { poweredOn: true, toolsRun: true, address, keepsUserdata: true };
    expect(told(boots)).toEqual([expect.stringContaining("its private SSH host key among it")]);
    expect(told({ ...boots, keepsUserdata: false })).toEqual([]);
    expect(told({ ...boots, toolsRun: undefined })).toEqual([]);
  });

  test("real-vcenter-30: what vCenter knows of a guest that does not answer is told", () => {
    expect(told({ poweredOn: true, question: "Was it moved or copied?" })).toEqual([
      "caution: it waits for an answer: Was it moved or copied?",
    ]);
    expect(told({ poweredOn: false })).toEqual(["caution: it is switched off"]);
    expect(told({ poweredOn: true, toolsRun: false })).toEqual([
      expect.stringContaining("its VMware tools do not run"),
    ]);
    expect(told({ poweredOn: true, toolsRun: true, address: "169.254.3.4" })).toEqual([
      `caution: it has the address 169.254.3.4, not ${address}`,
    ]);
    expect(told({ poweredOn: true, toolsRun: true, address })).toEqual([]);
  });
});

describe("devices of a site that runs", () => {
  const refused = (change: (facts: VcenterFacts) => void) =>
    deviceRefusals(plan, vcenter(change).datastores).map(({ path, fact, fix }) => `${path}: ${fact}; ${fix}`);
  const first = ({ datastores }: VcenterFacts) => datastores[0] as VcenterFacts["datastores"][number];

  test("are those that vCenter has below the datastores, in whatever case", () => {
    expect(refused(() => {})).toEqual([]);
    expect(refused((facts) => Object.assign(first(facts), { extents: ["NAA.ESX-1-1"] }))).toEqual([]);
  });

  test("are refused where the datastore lies on another, or on several", () => {
    expect(refused((facts) => Object.assign(first(facts), { extents: ["naa.other"] }))).toEqual([
      "hosts[0].devices[0].id: esx-1-a lies on naa.other, not on naa.esx-1-1; write id: naa.other",
    ]);
    expect(refused((facts) => Object.assign(first(facts), { extents: ["naa.esx-1-1", "naa.other"] }))).toEqual([
      "hosts[0].devices[0].id: esx-1-a spans naa.esx-1-1 and naa.other, and fails with any of them; use one disk each",
    ]);
  });

  test("are not judged by a datastore that is away: a site goes on without it", () => {
    expect(refused((facts) => void facts.datastores.shift())).toEqual([]);
    expect(refused((facts) => Object.assign(first(facts), { extents: [], accessible: false }))).toEqual([]);
  });
});
