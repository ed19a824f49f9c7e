import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { demo, RunningSite, until } from "../support/lab/site";

// O5: what was destroyed by hand is found by refresh, and made again by the next `up`.

const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
});

afterEach(async () => {
  const preview = await site.pulumi("preview", "--expect-no-changes");
  expect(preview.stdout + preview.stderr).not.toMatch(/error/);
  expect(preview.code).toBe(0);
});

describe("machines destroyed behind our back (O5)", () => {
  test("a worker is named by the next `up`, found missing by refresh, made again and Ready", async () => {
    const [worker] = site.machines("worker");
    const before = await machineIds();
    await destroyed([worker?.name ?? ""]);
    const { code, text } = await demo();
    expect(code, text).toBe(1);
    expect(text).toContain(`machines.${worker?.name}: it does not answer, on ${worker?.host}; `);
    expect(text).toMatch(new RegExp(`groundwork recover --stack \\S+ --gone ${worker?.name} --yes`));
    await broughtBack([worker?.name ?? ""], before);
    expect(await site.ssh(worker?.name ?? "", "systemctl is-active kubelet containerd")).toBe("active\nactive\n");
  });

  test("an etcd member leaves, joins anew without its data, and counts again", async () => {
    const lost = site.machines("etcd")[1]?.name ?? "";
    await site.etcdctl("put", "/rehearsal/behind-our-back", "kept");
    const before = await members();
    await destroyAndBringBack([lost]);

    const after = await members();
    expect(after.map(({ name }) => name).sort()).toEqual(before.map(({ name }) => name).sort());
    expect(after.filter(({ isLearner }) => isLearner)).toEqual([]);
    const id = (list: Member[], name: string) => list.find((member) => member.name === name)?.ID;
    for (const { name } of before) {
      if (name === lost) expect(id(after, name), name).not.toBe(id(before, name));
      else expect(id(after, name), name).toBe(id(before, name));
    }
    // The member that came back has the data itself: a serializable read asks no other.
    const own = `https://${site.machine(lost).address}:2379`;
    const pki = "/etc/etcd/pki";
    const read = await site.ssh(
      lost,
      `etcdctl --endpoints ${own} --cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt \
        --key ${pki}/healthcheck-client.key get --consistency=s --print-value-only /rehearsal/behind-our-back
      test ! -e /etc/systemd/system/etcd.service.d/joining.conf`,
    );
    expect(read.trim()).toBe("kept");
  });

  test("the first control plane and a load balancer come back at once", async () => {
    const [controlPlane, loadBalancer] = [site.machines("control-plane")[0], site.machines("load-balancer")[0]];
    await destroyAndBringBack([controlPlane?.name ?? "", loadBalancer?.name ?? ""]);
    const server = `--server=https://${controlPlane?.address}:6443`;
    expect(await site.kubectl(server, "get", "--raw=/readyz")).toBe("ok");
    expect(await site.ssh(loadBalancer?.name ?? "", "systemctl is-active haproxy keepalived")).toBe("active\nactive\n");
  });
});

describe("a network that changed behind our back", () => {
  test("pods of two nodes that do not reach one another are named by the next `up`; nothing is left of those that asked", async () => {
    const [a, b] = site.machines("worker");
    await site.ssh(a?.name ?? "", `ip rule add priority 1 to ${b?.podCidr} blackhole`);
    try {
      const { code, stdout, stderr } = await site.pulumi("up", "--yes", "--skip-preview");
      expect(code).not.toBe(0);
      const told = new RegExp(
        `machines\\.(${a?.name}: pods there and on ${b?.name}|${b?.name}: pods there and on ${a?.name}) do not reach one another; `,
      );
      // Nothing else: the disks of members were measured before, and are told at each `up` where they are slow.
      const problems = `${stdout}${stderr}`.match(/^.*machines\..*: .*; .*$/gm) ?? [];
      expect(problems.filter((line) => !line.includes("fsync"))).toEqual([expect.stringMatching(told)]);
    } finally {
      await site.ssh(a?.name ?? "", `ip rule del priority 1 to ${b?.podCidr} blackhole`);
    }
    const { code, stdout, stderr } = await site.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(code, stdout + stderr).toBe(0);
    const left = ["get", "pods,configmaps,jobs", "--namespace", "kube-system", "--output", "name"];
    await until("the pods that asked are gone", 30, async () =>
      (await site.kubectl(...left)).includes("pod-probe") ? undefined : true,
    );
  });
});

async function destroyAndBringBack(names: string[]): Promise<void> {
  const before = await machineIds();
  await destroyed(names);
  await broughtBack(names, before);
}

async function destroyed(names: string[]): Promise<void> {
  await Promise.all(names.map((name) => site.run("govc", ["vm.destroy", name])));
}

async function broughtBack(names: string[], before: Record<string, string>): Promise<void> {
  const refresh = await site.pulumi("refresh", "--yes", "--skip-preview");
  expect(refresh.code, refresh.stdout + refresh.stderr).toBe(0);
  expect(Object.keys(await machineIds()).sort()).toEqual(
    Object.keys(before)
      .filter((name) => !names.includes(name))
      .sort(),
  );

  const { code, text } = await demo();
  expect(code, text).toBe(0);
  const after = await machineIds();
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  const remade = Object.keys(after).filter((name) => after[name] !== before[name]);
  expect(remade.sort()).toEqual([...names].sort());
  await until("the site is healthy", 120, () => site.healthy().then(() => true));
}

/** Ids of the virtual machines in the state, by name. */
async function machineIds(): Promise<Record<string, string>> {
  const resources = (await site.exported()) as { urn: string; type: string; id?: string }[];
  const machines = resources.filter(({ type }) => type === virtualMachine);
  return Object.fromEntries(machines.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id ?? ""]));
}

interface Member {
  ID: string;
  name: string;
  isLearner?: boolean;
}

async function members(): Promise<Member[]> {
  const text = await site.etcdctl("member", "list", "-w", "json");
  // The ids are larger than a number of JavaScript holds exactly.
  const exact = text.replaceAll(/"ID":(\d+)/g, '"ID":"$1"');
  return (JSON.parse(exact) as { members: Member[] }).members;
}
