import { describe, expect, test } from "vitest";
import { dated, printed } from "../../cli/certificates/command";
import type { CertificateRecord } from "../../components/Pki";
import { parseSite } from "../../site/description/parse";
import { authoritiesOf } from "../../site/pki/authorities";
import { certificatesOf } from "../../site/pki/certificates";
import { planSite } from "../../site/plan/plan";
import { certificatePlaces } from "../../site/render/certificatePlaces";
import { site, threeHosts } from "../support/sites";

const plan = planSite(parseSite(site(threeHosts)));
const places = certificatePlaces(plan);
const now = Date.parse("2030-01-01T00:00:00Z");
const end = (days: number) => new Date(now + days * 86_400_000).toISOString();

const record = (id: string, days: number): CertificateRecord => ({
  id,
  purpose: "a test",
  commonName: id,
  authority: "cluster",
  issuer: "kubernetes-ca",
  expires: end(days),
  machines: [],
  places: places.get(`certificate/${id}`) ?? [],
});

describe("places", () => {
  test("every certificate lies where its machines are, and nowhere else", () => {
    for (const { id, machines } of certificatesOf(plan)) {
      const where = new Set(places.get(`certificate/${id}`)?.map((place) => place.where));
      const elsewhere = id === "operator" ? ["operator"] : id === "metrics-server" ? ["cluster"] : [];
      expect([...where].sort(), id).toEqual([...machines, ...elsewhere].sort());
    }
  });

  test("every authority is trusted somewhere, the cluster's on every machine but etcd's", () => {
    for (const { id } of authoritiesOf(plan)) expect(places.get(`authority/${id}`)?.length, id).toBeGreaterThan(0);
    const trusting = new Set(places.get("authority/cluster")?.map(({ where }) => where));
    for (const { name, role } of plan.machines) expect(trusting.has(name), name).toBe(role !== "etcd");
  });

  test("each says what reads it", () => {
    const all = [...places.values()].flat();
    expect(all.filter(({ usedBy }) => usedBy.length === 0)).toEqual([]);
    expect(places.get("certificate/etcd-healthcheck-client")?.[0]).toEqual({
      where: "shop-etcd-a",
      path: "/etc/etcd/pki/healthcheck-client.crt",
      usedBy: ["etcdctl"],
    });
  });
});

describe("the list (S2)", () => {
  const certificates = dated([record("scheduler", 300), record("admin", 5), record("operator", -1)], now);

  test("what ends first comes first, with the days that are left", () => {
    expect(certificates.map(({ id, daysLeft }) => `${id} ${daysLeft}`)).toEqual([
      "operator -1",
      "admin 5",
      "scheduler 300",
    ]);
  });

  test("a line for each place", () => {
    expect(printed(certificates)).toMatchInlineSnapshot(`
      "ENDS        DAYS   CERTIFICATE  ISSUER         PATH                            PLACE                                       USED BY
      2029-12-31  ended  operator     kubernetes-ca  output kubeconfig               operator                                    kubectl, pulumi
      2030-01-06  5      admin        kubernetes-ca  /etc/kubernetes/admin.conf      shop-control-plane-a, shop-control-plane-b  kubeadm, kubectl
      2030-10-28  300    scheduler    kubernetes-ca  /etc/kubernetes/scheduler.conf  shop-control-plane-a, shop-control-plane-b  kube-scheduler"
    `);
  });
});
