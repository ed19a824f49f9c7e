// What the policy pack adds to a preview of a thousand resources, in one go: previews without and with it take turns.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../lab/toolchain/artifact";
import { Project } from "../test/engine/project";
import { installed, unchecked } from "../test/engine/standins";
import { ProcessWatch } from "./processes";

const rounds = Number(process.argv[2] ?? 3);

/** 200 certificates with keys and requests, 100 commands, 100 workloads with accounts, settings and budgets. */
const program = `
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

interface Run {
  seconds: number;
  cpu: number;
  peakMB: number;
}

async function main(): Promise<void> {
  const kubeconfig = JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [], contexts: [], users: [] });
  const project = await Project.create({
    files: { "index.ts": program.replace("KUBECONFIG", JSON.stringify(kubeconfig)) },
    env: unchecked,
    plugins: await installed("tls", "command", "kubernetes"),
  });
  try {
    const packs = {
      "without a pack": [],
      "with an empty pack": ["--policy-pack", emptyPack(project)],
      "with the pack": ["--policy-pack", join(repository, "policies")],
    };
    const runs = new Map<string, Run[]>(Object.keys(packs).map((name) => [name, []]));
    await timed("to warm up", project, packs["with the pack"]);
    for (let round = 0; round < rounds; round++)
      for (const [name, args] of Object.entries(packs)) runs.get(name)?.push(await timed(name, project, args));
    const [plain] = [...runs.values()].map(best);
    for (const [name, those] of runs) {
      const { seconds, cpu, peakMB } = best(those);
      const more = (value: number, than = 0) => `${((value / than - 1) * 100).toFixed(1)} % more`;
      console.log(
        `${name}: ${seconds.toFixed(2)} s (${more(seconds, plain?.seconds)}), ${cpu.toFixed(2)} s of CPU (${more(cpu, plain?.cpu)}), ` +
          `${peakMB.toFixed(0)} MB (${(peakMB - (plain?.peakMB ?? 0)).toFixed(0)} MB more)`,
      );
    }
  } finally {
    project.remove();
  }
}

/** A pack that only looks: what the engine and the host of packs take for themselves. */
function emptyPack(project: Project): string {
  const folder = join(project.folder, "empty");
  mkdirSync(folder);
  const policies = `[
    { name: "one", description: "nothing", enforcementLevel: "advisory", validateResource: () => {} },
    { name: "stack", description: "nothing", enforcementLevel: "advisory", validateStack: () => {} },
  ]`;
  const index = `const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("empty", { policies: ${policies} });\n`;
  writeFileSync(join(folder, "index.cjs"), index);
  writeFileSync(join(folder, "package.json"), '{"name": "empty", "version": "0.1.0", "main": "index.cjs"}');
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.cjs\n");
  return folder;
}

async function timed(name: string, project: Project, args: string[]): Promise<Run> {
  const watch = new ProcessWatch();
  const started = performance.now();
  const { code, output } = await project.preview(...args);
  const seconds = (performance.now() - started) / 1000;
  const { peakMB, cpu } = watch.stop();
  if (code !== 0 || /mandatory\]/.test(output)) throw new Error(output);
  const spent = [...cpu.values()].reduce((sum, used) => sum + used, 0);
  const pack = cpu.get("node (policy pack)") ?? 0;
  console.log(
    `${name}: ${seconds.toFixed(2)} s, ${spent.toFixed(2)} s of CPU (the pack ${pack.toFixed(2)}), ${peakMB.toFixed(0)} MB`,
  );
  return { seconds, cpu: spent, peakMB };
}

/** Of each measure the run that the machine's other work disturbed least. */
function best(runs: Run[]): Run {
  const least = (what: keyof Run) => Math.min(...runs.map((run) => run[what]));
  return { seconds: least("seconds"), cpu: least("cpu"), peakMB: least("peakMB") };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
