import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alertmanager } from "../../image/programs/alertmanager";
import { certManager, traefik } from "../../image/programs/exchanged";
import { metalLb } from "../../image/programs/metalLb";
import * as upstream from "../../image/programs/upstream";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { minorOf } from "../../site/description/version";
import {
  addonImages,
  compareMinors,
  ETCD_MINORS,
  FLUX_IMAGES,
  GATEWAY_API,
  GATEWAY_IMAGES,
  kubernetesMinor,
  MONITORING_IMAGES,
  NEWEST_MINOR,
  OLDEST_MINOR,
  SUPPORTED_MINORS,
} from "../../site/description/versions";
import { site, threeHosts } from "../support/sites";

const root = join(__dirname, "../..");
const text = (file: string) => readFileSync(join(root, file), "utf8");

describe("the table of versions", () => {
  test("is in order, without a gap, and each row is of its minor version", () => {
    for (const [i, minor] of SUPPORTED_MINORS.entries()) {
      expect(minorOf(kubernetesMinor(minor).tested)).toBe(minor);
      expect(minor).toBe(`1.${Number(OLDEST_MINOR.split(".")[1]) + i}`);
    }
  });

  test("has for a version that is not in it what the nearest one has", () => {
    expect(kubernetesMinor("1.99.0")).toBe(kubernetesMinor(NEWEST_MINOR));
    expect(kubernetesMinor("1.20.1")).toBe(kubernetesMinor(OLDEST_MINOR));
    expect(compareMinors("1.9", "1.10")).toBeLessThan(0);
  });

  test("is what the lab builds: the newest minor version, the one before, and the add-ons", () => {
    const [newest, before] = [kubernetesMinor(NEWEST_MINOR), kubernetesMinor(SUPPORTED_MINORS.at(-2) ?? "")];
    expect(upstream.kubernetes.version).toBe(newest.tested);
    expect(upstream.kubernetesBefore.version).toBe(before.tested);
    expect(minorOf(upstream.etcd.version)).toBe(newest.etcd);
    expect(minorOf(upstream.etcdBefore.version)).toBe(before.etcd);
    expect([upstream.etcdOldest, upstream.etcdBefore, upstream.etcd].map(({ version }) => minorOf(version))).toEqual(
      ETCD_MINORS,
    );
    expect(upstream.pause.version).toBe(newest.pause);
    expect(upstream.corednsBefore.version).toBe(before.coreDns);
    expect(addonImages(newest.tested)).toEqual({
      coreDns: `coredns/coredns:v${upstream.coredns.version}`,
      metricsServer: `metrics-server/metrics-server:v${upstream.metricsServer.version}`,
      descheduler: `descheduler/descheduler:v${upstream.descheduler.version}`,
      kubeRouter: `cloudnativelabs/kube-router:v${upstream.kubeRouter.version}`,
      metalLbController: `metallb/controller:v${metalLb.version}`,
      metalLbSpeaker: `metallb/speaker:v${metalLb.version}`,
      localPathProvisioner: `rancher/local-path-provisioner:v${upstream.localPathProvisioner.version}`,
    });
    expect(MONITORING_IMAGES).toEqual({
      victoriaMetrics: `victoriametrics/victoria-metrics:v${upstream.victoriaMetrics.version}`,
      vmalert: `victoriametrics/vmalert:v${upstream.victoriaMetrics.version}`,
      vmagent: `victoriametrics/vmagent:v${upstream.vmagent.version}`,
      victoriaLogs: `victoriametrics/victoria-logs:v${upstream.victoriaLogs.version}`,
      alertmanager: `prom/alertmanager:v${alertmanager.version}`,
    });
    expect(FLUX_IMAGES).toEqual({
      source: `fluxcd/source-controller:v${upstream.sourceController.version}`,
      kustomize: `fluxcd/kustomize-controller:v${upstream.kustomizeController.version}`,
    });
    expect(GATEWAY_IMAGES).toEqual({
      traefik: `library/traefik:v${traefik.version}`,
      certManager: `jetstack/cert-manager-controller:v${certManager.version}`,
    });
  });

  test("is what the definitions of the Gateway API are made from", () => {
    expect(text("lab/go/gateway-api/go.mod")).toContain(`sigs.k8s.io/gateway-api v${GATEWAY_API}\n`);
    const definitions = JSON.parse(text("components/addons/gatewayApi/definitions.json")) as object[];
    for (const definition of definitions)
      expect(definition).toMatchObject({
        metadata: { annotations: { "gateway.networking.k8s.io/bundle-version": `v${GATEWAY_API}` } },
      });
    expect(definitions).toHaveLength(7);
  });

  test("is what docs/extending/kubernetes-minor.md shows", () => {
    for (const minor of SUPPORTED_MINORS) {
      const { tested, endOfLife, etcd, oldestEtcd, oldestContainerd, pause, coreDns } = kubernetesMinor(minor);
      expect(text("docs/extending/kubernetes-minor.md")).toContain(
        `| ${minor} | ${tested} | ${endOfLife} | ${etcd} | ${oldestEtcd} | ${oldestContainerd} | ${pause} | ${coreDns} |`,
      );
    }
  });
});

describe("a site's version of etcd", () => {
  const read = (etcd: SiteInput["etcd"], version: string = kubernetesMinor(NEWEST_MINOR).tested) =>
    readSite(site(threeHosts, { kubernetes: { version }, etcd }));

  test.each(SUPPORTED_MINORS)("is what goes with Kubernetes %s if none is named", (minor) => {
    const { tested, etcd } = kubernetesMinor(minor);
    expect(read({}, tested)).toMatchObject({ spec: { etcd: { version: etcd } } });
  });

  test("is refused where Kubernetes does not work with it", () => {
    const result = read({ version: "3.4.30" });
    expect("problems" in result && result.problems.map(formatProblem)).toEqual([
      "etcd.version: etcd 3.4.30 is older than 3.5, the oldest that Kubernetes 1.37 works with; use 3.7",
    ]);
  });
});

describe("a new minor version of Kubernetes touches few files", () => {
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(root, file)));
  const naming = (of: RegExp) => files.filter((file) => of.test(file) && /\b1\.3[5-9]\b/.test(text(file)));

  test("no code of the product names one but the table, nor the code of the lab but what it builds", () => {
    expect(naming(/^(site|components|infra|policies|cli)\/.*\.(ts|sh)$/)).toEqual(["site/description/versions.ts"]);
    expect(naming(/^(image|lab\/(?!go\/)).*\.ts$/)).toEqual([
      "image/programs/release.ts",
      "image/programs/upstream.ts",
    ]);
  });

  test("descriptions that are shown as examples are of supported ones", () => {
    const stacks = files.filter((file) => /^(docs\/examples|stacks)\/.*\.yaml$/.test(file));
    const named = stacks.flatMap((file) =>
      [...text(file).matchAll(/\bkubernetes:\s*\{?\s*version: "?(\d+\.\d+)/g)].map(([, minor]) => minor),
    );
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((minor) => !SUPPORTED_MINORS.some((supported) => supported === minor))).toEqual([]);
  });
});
