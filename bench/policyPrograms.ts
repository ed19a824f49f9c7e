import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { repository } from "../lab/toolchain/artifact";
import { type Ended, ownRuntime, Project } from "../test/support/project";
import { RunningSite } from "../test/support/runningSite";
import { installed, unchecked } from "../test/support/standins";
import { startTestCenter, vsphere } from "../test/support/testCenter";

/** 200 certificates with keys and requests, 100 commands, 100 workloads with accounts, settings and budgets. */
const objectsProgram = `
import * as k8s from "@pulumi/kubernetes";
import * as tls from "@pulumi/tls";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const authorityKey = new tls.PrivateKey("authority", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const authority = new tls.SelfSignedCert("authority", {
  privateKeyPem: authorityKey.privateKeyPem, isCaCertificate: true, allowedUses: ["cert_signing"],
  validityPeriodHours: 87600, earlyRenewalHours: 17520, subject: { commonName: "authority" },
});
for (let i = 0; i < 199; i++) {
  const key = new tls.PrivateKey("key-" + i, { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const request = new tls.CertRequest("request-" + i, { privateKeyPem: key.privateKeyPem, dnsNames: ["server-" + i] });
  new tls.LocallySignedCert("certificate-" + i, {
    certRequestPem: request.certRequestPem, caCertPem: authority.certPem, caPrivateKeyPem: authorityKey.privateKeyPem,
    allowedUses: ["digital_signature", "server_auth"], validityPeriodHours: 8760, earlyRenewalHours: 2190,
  });
}
const stdin = pulumi.secret("H4sI" + "A".repeat(40_000));
for (let i = 0; i < 100; i++) {
  const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  new remote.Command("command-" + i, { connection: { host: "10.0.0." + i, user: "root", hostKey }, create: "sudo bash -s", stdin });
}
const provider = new k8s.Provider("cluster", { kubeconfig: pulumi.secret(KUBECONFIG) });
for (let i = 0; i < 75; i++) {
  const metadata = { name: "app-" + i, namespace: "apps" };
  const labels = { app: "app-" + i };
  new k8s.core.v1.ServiceAccount("account-" + i, { metadata }, { provider });
  new k8s.core.v1.ConfigMap("config-" + i, { metadata, data: { "app.conf": "x".repeat(2000) } }, { provider });
  new k8s.policy.v1.PodDisruptionBudget("budget-" + i, { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } }, { provider });
  new k8s.apps.v1.Deployment("app-" + i, { metadata, spec: { replicas: 2, selector: { matchLabels: labels }, template: {
    metadata: { labels }, spec: { serviceAccountName: "app-" + i, topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "DoNotSchedule" }], containers: [{
      name: "app", image: "registry.k8s.io/app:1.2." + i + "@sha256:" + "0".repeat(64),
      resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } },
      readinessProbe: { httpGet: { path: "/", port: 80 } }, livenessProbe: { httpGet: { path: "/", port: 80 } },
      securityContext: {
        runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" },
      },
    }] } } } }, { provider });
}
`;

export interface Programmed {
  project: Pick<Project, "folder" | "preview">;
  remove(): Promise<void>;
}

/** A program of a thousand resources that cost next to nothing to preview. */
export async function objects(): Promise<Programmed> {
  const kubeconfig = JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [], contexts: [], users: [] });
  const project = await Project.create({
    files: { "index.ts": objectsProgram.replace("KUBECONFIG", JSON.stringify(kubeconfig)) },
    env: unchecked,
    plugins: await installed("tls", "command", "kubernetes"),
  });
  return { project, remove: async () => project.remove() };
}

/** The repository's own program, for a site of so many workers that it has a thousand resources, in a vCenter. */
export async function site(): Promise<Programmed> {
  const center = await startTestCenter();
  const { config } = parse(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const described = config["groundwork:site"];
  described.hypervisor.server = center.datacenter.server;
  described.network.machines = "10.42.0.10-10.42.0.240";
  enlarge(described);
  const project = await Project.create({
    files: {
      "Pulumi.yaml": stringify({ name: "groundwork", main: "index.ts", runtime: ownRuntime }),
      "index.ts": `export = require("${repository}/infra/index");\n`,
    },
    config,
    env: center.datacenter.environment,
    plugins: [await vsphere(), ...(await installed("tls", "command", "kubernetes"))],
  });
  const remove = () => {
    project.remove();
    return center.stop();
  };
  return { project, remove };
}

const workers = 77;

/** The same site as it runs, in a pull request that changes nothing: everything is compared with what it was. */
export async function running(): Promise<Programmed> {
  const site = await RunningSite.start((described) => {
    enlarge(described);
    described.network.machines = described.network.machines.replace(/\.99$/, ".240");
  });
  const preview = (...args: string[]): Promise<Ended> => site.preview(...args);
  return { project: { folder: site.folder, preview }, remove: () => site.destroy() };
}

// biome-ignore lint/suspicious/noExplicitAny: a site as somebody wrote it, before it is parsed
function enlarge(described: Record<string, any>): void {
  described.workers[0].count = workers;
  for (const host of described.hosts) {
    Object.assign(host, { cpus: 256, memoryGiB: 1024 });
    for (const device of host.devices) device.capacityGiB = 8000;
  }
}
