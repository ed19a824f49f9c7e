import { describe, expect, it } from "vitest";
import * as types from "../../policies/types";
import { allRules, layoutRules } from "../../site/judge/rules/catalog";
import {
  demoPlan,
  found,
  idOf,
  inputsOf,
  judged,
  type Props,
  type Reported,
  type Resource,
  stackOf,
  together,
  unknown,
} from "../support/demoStack";
import { breakages } from "./breakages";
import { soundSettings, strict } from "./givenSettings";

const said = (reported: Reported[], policy: string) =>
  reported.filter((report) => report.policy === policy).map(({ message }) => message);

describe("the rules of a site, asked of registered resources", () => {
  it.each(breakages.map((breakage, i) => ({ ...breakage, title: `${breakage.rule} (${i + 1})` })))(
    "$title refuses what breaks it and lets pass what does not",
    ({ rule, spec, plan: wrong, change, settings, says }) => {
      const plan = demoPlan(spec);
      const set = (to: Props | undefined) => ({ config: { ...strict, settings: to ?? {} } });
      expect(said(judged(stackOf(plan), set(settings?.sound)), rule)).toEqual([]);
      wrong?.(plan);
      const stack = stackOf(plan);
      change?.(stack);
      expect(said(judged(stack, set(settings?.broken)), rule)).toEqual([says].flat());
      const blind = allRules.map((known) => (known.id === rule ? { ...known, check: () => [] } : known));
      expect(said(judged(stack, { ...set(settings?.broken), rules: blind }), rule)).toEqual([]);
    },
  );

  it("has a breakage for each rule", () => {
    const broken = new Set(breakages.map(({ rule }) => rule));
    expect(layoutRules.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
  });

  it("names the resource that breaks a rule", () => {
    const stack = stackOf(demoPlan());
    inputsOf(stack, "demo-etcd-b").disks[1].datastoreId = idOf("datastore", "esx-1-a");
    inputsOf(stack, "demo-etcd-apart", types.antiAffinityRule).enabled = false;
    const mandatory = judged(stack).filter(({ level }) => level === "mandatory");
    expect(mandatory.map(({ policy, resource }) => [policy, resource])).toEqual([
      ["etcd-distinct-devices", "demo-etcd-b"],
      ["anti-affinity-mandatory", "demo-etcd-apart"],
      ["disk-on-its-host", "demo-etcd-b"],
    ]);
  });

  it("finds what a transform took from under its component", () => {
    const stack = stackOf(demoPlan());
    found(stack, "demo-etcd-b").parent = "demo";
    expect(said(judged(stack), "machines-recognised")).toEqual([
      "machines.demo-etcd-b: no virtual machine was registered for it, so nothing is known of its host and disks; " +
        "leave its virtual machine's parent as it is, and don't leave it out with --target",
    ]);
  });

  it("does not pass a disk that vCenter places by itself", () => {
    const stack = stackOf(demoPlan());
    Object.assign(inputsOf(stack, "demo-etcd-b"), { datastoreId: undefined, datastoreClusterId: "group-p7" });
    expect(said(judged(stack), "etcd-device-known")).toContain(
      "machines.demo-etcd-b.disks.system: the system disk of demo-etcd-b lies on datastore group-p7, which is on no known device; " +
        "add the device and its datastore to the host in the site's description",
    );
  });

  it("judges what vCenter reports over what was asked for", () => {
    const stack = stackOf(demoPlan());
    const member = found(stack, "demo-etcd-b");
    const [system, data] = member.inputs.disks;
    member.outputs = { ...member.outputs, disks: [system, { ...data, datastoreId: idOf("datastore", "esx-1-a") }] };
    expect(said(judged(stack), "etcd-distinct-devices")).toEqual([
      expect.stringContaining("share device naa.5000c500a0000011"),
    ]);
  });

  it("keeps two sites of a stack apart", () => {
    const [one, two] = [demoPlan(), demoPlan((site) => Object.assign(site, { name: "other" }))];
    expect(judged(together([stackOf(one), stackOf(two)])).filter(({ level }) => level === "mandatory")).toEqual([]);
  });

  it("refuses to pass a site when the policy that remembers resources is off", () => {
    const off = judged(stackOf(demoPlan()), { off: ["machines-recognised"] });
    expect(said(off, "etcd-distinct-devices")).toEqual([
      "demo: cannot be judged, because the policy machines-recognised is off; switch it on",
    ]);
  });
});

describe("values that a preview cannot know", () => {
  const movedDisk = (datastoreId: string) => {
    const stack = stackOf(demoPlan());
    inputsOf(stack, "demo-etcd-b").disks[1].datastoreId = datastoreId;
    return stack;
  };

  it("leave a rule undecided, and say so", () => {
    const reported = judged(movedDisk(unknown));
    expect(said(reported, "etcd-distinct-devices")).toEqual([]);
    expect(said(reported, "decided")).toContain(
      "etcd-distinct-devices, etcd-device-majority, disk-on-its-host: undecided, because a preview cannot know " +
        "demo-etcd-b (datastore of disk data); `up` decides them",
    );
  });

  it("do not hide what is known", () => {
    const stack = movedDisk(unknown);
    inputsOf(stack, "demo-etcd-c").disks[1].datastoreId = idOf("datastore", "esx-1-a");
    expect(said(judged(stack), "etcd-distinct-devices")).toEqual([
      expect.stringContaining("etcd members demo-etcd-a and demo-etcd-c share device naa.5000c500a0000011"),
    ]);
  });

  it("leave open only what they could break", () => {
    const open = said(judged(movedDisk(unknown)), "decided").flatMap((message) => message.split(":")[0]?.split(", "));
    expect(open).toEqual(["etcd-distinct-devices", "etcd-device-majority", "disk-on-its-host"]);
  });

  it("are not needed for rules that name machines by ids they will get", () => {
    const stack = stackOf(demoPlan());
    for (const resource of stack) {
      if (resource.type === types.virtualMachine) resource.outputs = { uuid: unknown };
      if ("virtualMachineIds" in resource.inputs)
        resource.inputs.virtualMachineIds = resource.inputs.virtualMachineIds.map(() => unknown);
    }
    expect(judged(stack).filter(({ level, policy }) => level === "mandatory" || policy === "decided")).toEqual([]);
    delete found(stack, "demo-etcd-apart", types.antiAffinityRule).madeFrom;
    expect(said(judged(stack), "anti-affinity-mandatory")).toHaveLength(1);
  });
});

describe("a disk without a datastore of its own, which the provider says to be elsewhere", () => {
  /** A worker on a host and datastore, whose only disk vCenter had on another datastore before. */
  const worker = (host: string, datastore: string, before: string) => {
    const stack = stackOf(demoPlan());
    const machine = found(stack, "demo-general-a");
    const { hostSystemId: _, ...rest } = machine.inputs;
    machine.inputs = { ...rest, hostSystemId: idOf("host", host), datastoreId: idOf("datastore", datastore) };
    const [disk, ...others] = machine.inputs.disks;
    const disks = [{ ...disk, datastoreId: idOf("datastore", before) }, ...others];
    machine.outputs = { ...machine.outputs, disks };
    return stack;
  };

  it("moves with its machine to another host", () => {
    const moved = judged(worker("esx-2", "esx-2-a", "esx-1-a"));
    expect(said(moved, "disk-on-its-host")).toEqual([]);
    expect(said(moved, "decided").join()).not.toContain("disk-on-its-host");
  });

  it("is refused with its machine on a datastore of another host", () => {
    expect(said(judged(worker("esx-2", "esx-3-a", "esx-1-a")), "disk-on-its-host")).toEqual([
      expect.stringContaining("demo-general-a runs on esx-2, which does not see device"),
    ]);
  });

  it("counts where it lies, as after a move by hand, if its host sees that", () => {
    const member = (preview: boolean) => {
      const stack = stackOf(demoPlan());
      const machine = found(stack, "demo-etcd-b");
      // As if the member had one disk for all, and the program asked for a datastore of the machine only.
      const [disk] = machine.inputs.disks;
      machine.inputs.disks = [{ ...disk, label: "data" }];
      machine.inputs.datastoreId = idOf("datastore", "esx-2-b");
      found(stack, "demo-etcd-b-component", types.vsphereMachine).inputs.plan = {
        ...demoPlan().machines.find(({ name }) => name === "demo-etcd-b"),
        disks: [{ name: "data", datastore: "esx-2-b", device: "", sizeGiB: 20 }],
      };
      // It lies on a datastore that both hosts see, where another member is.
      for (const host of (found(stack, "demo", types.site).inputs.plan as Props).spec.hosts)
        if (host.name === "esx-2") host.devices.push({ ...demoPlan().spec.hosts[0]?.devices[0] });
      machine.outputs = {
        ...machine.outputs,
        disks: [{ ...disk, label: "data", datastoreId: idOf("datastore", "esx-1-a") }],
      };
      return judged(stack, { preview });
    };
    expect(said(member(true), "etcd-distinct-devices")).toEqual([expect.stringContaining("naa.5000c500a0000011")]);
    expect(said(member(false), "etcd-distinct-devices")).toEqual([expect.stringContaining("naa.5000c500a0000011")]);
  });
});

describe("disks of a site that nobody watches (S10)", () => {
  const asked = (stack: Resource[], settings: Props, config: Props = strict) =>
    judged(stack, { config: { ...config, settings } });
  const policy = (id: unknown) => {
    const stack = stackOf(demoPlan());
    for (const disk of inputsOf(stack, "demo-etcd-a").disks) disk.storagePolicyId = id;
    return stack;
  };
  const { devices } = soundSettings.encryption;
  const others = { encryption: { devices: devices.slice(1), storagePolicies: ["encrypts"] } };

  it("may be encrypted by a storage policy instead", () => {
    const ofMember = (stack: Resource[]) =>
      said(asked(stack, others), "disks-encrypted").filter((message) => message.includes("demo-etcd-a"));
    expect(ofMember(policy("encrypts"))).toEqual([]);
    expect(ofMember(policy("thin"))).not.toEqual([]);
    expect(ofMember(policy(undefined))).not.toEqual([]);
  });

  it("are undecided while their storage policy is not known", () => {
    const reported = asked(policy(unknown), others);
    expect(said(reported, "disks-encrypted").join()).not.toContain("demo-etcd-a");
    expect(said(reported, "decided").join()).toMatch(/disks-encrypted.*demo-etcd-a \(storage policy of disk data\)/);
  });

  it("are all open if the owner attests nothing, and are not asked about elsewhere", () => {
    const stack = stackOf(demoPlan());
    expect(said(asked(stack, {}), "disks-encrypted").length).toBe(
      demoPlan().machines.reduce((sum, { disks }) => sum + disks.length, 0),
    );
    expect(said(asked(stack, {}, {}), "disks-encrypted")).toEqual([]);
  });
});

describe("an update that nobody previewed", () => {
  it("is refused before the second member on a device is made", () => {
    const stack = stackOf(demoPlan());
    inputsOf(stack, "demo-etcd-b").disks[1].datastoreId = idOf("datastore", "esx-1-a");
    inputsOf(stack, "demo-etcd-b").disks[0].datastoreId = idOf("datastore", "esx-2-a");
    const reported = judged(stack, { preview: false, stopAtFirst: true });
    expect(reported.map(({ policy, resource }) => [policy, resource])).toContainEqual([
      "etcd-distinct-devices",
      "demo-etcd-b",
    ]);
  });

  it("is refused as soon as all machines are known to be placed badly", () => {
    const stack = stackOf(demoPlan());
    Object.assign(inputsOf(stack, "demo-etcd-b"), inputsOf(stack, "demo-etcd-a"), { name: "demo-etcd-b" });
    const placed = judged(
      stack.filter(({ type }) => type !== types.antiAffinityRule),
      { preview: false, stopAtFirst: false },
    );
    expect(placed.map(({ policy }) => policy).slice(0, 2)).toEqual(["etcd-distinct-devices", "etcd-host-majority"]);
  });

  it("is refused where nobody said before whose hosts and datastores the ids are", () => {
    const inOrder = stackOf(demoPlan());
    const isNames = ({ type }: Resource) => type === types.datacenter;
    const late = [...inOrder.filter((resource) => !isNames(resource)), ...inOrder.filter(isNames)];
    const [first] = judged(late, { preview: false, stopAtFirst: true });
    expect(first).toMatchObject({ policy: "machines-recognised", resource: "demo-control-plane-a" });
    expect(first?.message).toContain("cannot be named before it is made; take their ids from the site's Datacenter");
    expect(judged(late, { preview: true }).filter(({ level }) => level === "mandatory")).toEqual([]);
  });

  it("hears each finding once", () => {
    const stack = stackOf(demoPlan());
    inputsOf(stack, "demo-etcd-b").disks[1].datastoreId = idOf("datastore", "esx-1-a");
    expect(said(judged(stack, { preview: false }), "etcd-distinct-devices")).toHaveLength(1);
  });
});
