import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";
import { singleFailures } from "../../site/judge/failures";
import { authoritiesOf } from "../../site/pki/authorities";
import { certificatesOf, networkStoreClient } from "../../site/pki/certificates";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { secretsIn } from "../../site/render/content";
import { kubeadmConfiguration } from "../../site/render/kubeadm";
import { applyScript, machineFiles } from "../../site/render/machine";
import { rotationScript } from "../../site/render/rotation";
import { most, planned } from "../support/planning";
import { host, site, threeHosts } from "../support/sites";

const manifest = {
  kind: "manifest" as const,
  url: "https://network.example/manifest.yaml",
  sha256: "0".repeat(64),
  enforcesNetworkPolicy: true,
};
const withStores = site(threeHosts, {
  etcd: { events: { memoryGiB: 4 }, networkStore: { memoryGiB: 2 } },
  kubernetes: { version: kubernetesMinor(NEWEST_MINOR).tested, podNetwork: manifest },
});

const member = (plan: SitePlan, name: string) => plan.machines.find((m) => m.name === name) as MachinePlan;
const fileOf = (plan: SitePlan, machine: string, path: string) =>
  machineFiles(plan, member(plan, machine)).find((f) => f.path === path)?.content;
const etcdOf = (plan: SitePlan, machine: string) => parse(fileOf(plan, machine, "/etc/etcd/etcd.yaml")?.join("") ?? "");

describe.each(["events", "network-store"] as const)("the %s store", (store) => {
  test("is placed by etcd's rules: no host with two members, each on a device of its own", () => {
    const { plan, hostsOf, mandatory } = planned(withStores);
    expect(mandatory).toEqual([]);
    expect(most(hostsOf(store))).toBe(1);
    expect(most(plan.machines.filter((m) => m.role === store).flatMap((m) => m.disks[1]?.device ?? ""))).toBe(1);
  });

  test("is refused where etcd would be", () => {
    const key = store === "events" ? "events" : "networkStore";
    const two = planned({ ...withStores, etcd: { [key]: { members: 2 } } });
    expect(two.mandatory.map((f) => [f.rule, f.path])).toEqual([["etcd-odd-members", `etcd.${key}.members`]]);
    const bare = [host("box", { deviceCount: 1, memoryGiB: 256 })];
    const { mandatory } = planned(site(bare, { etcd: withStores.etcd, kubernetes: withStores.kubernetes }));
    expect(mandatory.map((f) => f.message).join("\n")).toContain(`${store} members shop-${store}-a`);
  });

  test("is configured as a cluster of its own, with timers and a quota of its own size", () => {
    const { plan } = planned(withStores);
    const own = etcdOf(plan, `shop-${store}-a`);
    expect(own["initial-cluster-token"]).toBe(`shop-${store}`);
    expect(own["quota-backend-bytes"]).toBe((store === "events" ? 2 : 1) * 2 ** 30);
    expect(applyScript(plan, member(plan, `shop-${store}-a`))).toMatch(
      new RegExp(["a", "b", "c"].map((x) => `shop-${store}-${x} 10\\.[0-9.]+`).join("\\n")),
    );
  });

  test("is reserved, kept apart and kept on its hosts like etcd", () => {
    const { plan } = planned(withStores);
    for (const m of plan.machines.filter(({ role }) => role === store))
      expect(m.reservation.memoryGiB).toBe(m.memoryGiB);
    const named = plan.rules.filter((r) => r.machines.includes(`shop-${store}-b`)).map((r) => r.kind);
    expect(named.sort()).toEqual(["anti-affinity", "vm-host"]);
  });

  test("has a quorum of its own in the proof", () => {
    const quorum = store === "events" ? "eventsQuorum" : "networkStoreQuorum";
    const failures = singleFailures(planned(withStores).facts);
    expect(failures.filter((f) => f[quorum] === false).map((f) => f.kind)).toEqual(["network"]);
    expect(failures.every((f) => f[quorum] !== undefined)).toBe(true);
  });
});

test("API servers keep events in their store, whose members trust the same clients as etcd's", () => {
  const { plan } = planned(withStores);
  const configuration = kubeadmConfiguration(plan, member(plan, "shop-control-plane-a"));
  const addresses = plan.machines.filter((m) => m.role === "events").map((m) => `https://${m.address}:2379`);
  expect(configuration).toContain(`/events#${addresses.join(";")}`);
  expect(fileOf(plan, "shop-events-a", "/etc/etcd/pki/ca.crt")).toEqual([{ secret: "authority/etcd" }]);
});

test("the network add-on's store has an authority of its own: who reads it cannot read the cluster's state", () => {
  const { plan } = planned(withStores);
  expect(authoritiesOf(plan).map((a) => a.id)).toContain("network-store");
  expect(fileOf(plan, "shop-network-store-a", "/etc/etcd/pki/ca.crt")).toEqual([{ secret: "authority/network-store" }]);
  const signed = certificatesOf(plan).filter((c) => c.authority === "network-store");
  expect(signed.map((c) => c.id)).toContain(networkStoreClient);
  expect(signed.flatMap((c) => c.machines).filter((m) => !m.startsWith("shop-network-store-"))).toEqual([]);
  expect(certificatesOf(planned(site(threeHosts)).plan).some((c) => c.authority === "network-store")).toBe(false);
});

test.each([
  ["trust", ["network-store-ca", "network-store-ca-2"], "network-store-ca"],
  ["reissue", ["network-store-ca-2", "network-store-ca"], "network-store-ca-2"],
  ["drop", ["network-store-ca-2"], "network-store-ca-2"],
] as const)("the network store's authority is rotated by itself: %s", (phase, names, signing) => {
  const { plan } = planned({ ...withStores, pki: { rotation: { networkStore: { generation: 2, phase } } } });
  const ofStore = authoritiesOf(plan).filter(({ id }) => id === "network-store");
  expect(ofStore.map(({ name }) => name)).toEqual(names);
  expect(ofStore.filter(({ signs }) => signs).map(({ name }) => name)).toEqual([signing]);
  expect(
    authoritiesOf(plan)
      .filter(({ id }) => id !== "network-store")
      .map(({ name }) => name),
  ).toEqual(["cluster-ca", "etcd-ca", "front-proxy-ca"]);
  // A member restarts for what it trusts, and for nothing else; other stores do not know of it.
  const bundle = (machine: string) => secretsIn(fileOf(plan, machine, "/etc/etcd/pki/ca.crt") ?? []);
  expect(bundle("shop-network-store-a")).toEqual(["authority/network-store"]);
  expect(bundle("shop-events-a")).toEqual(["authority/etcd"]);
  expect(rotationScript(plan)).toContain("PUBLISHED=no\nTOLD=no\nRESTART=no\nTOKENS=no\nENCRYPTED_BY=\n");
});
