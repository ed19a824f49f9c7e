// What the policy pack adds to a preview of a thousand resources, in one go: previews without and with it take turns.

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
    const pack = ["--policy-pack", join(repository, "policies")];
    await timed(project, pack);
    const [without, withPack]: [Run[], Run[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      without.push(await timed(project, []));
      withPack.push(await timed(project, pack));
    }
    for (const what of ["seconds", "cpu"] as const) {
      const [plain, judged] = [least(without, what), least(withPack, what)];
      const share = ((judged / plain - 1) * 100).toFixed(1);
      console.log(`${what}: ${plain.toFixed(2)} without the pack, ${judged.toFixed(2)} with it: ${share} % more`);
    }
    const [plain, judged] = [least(without, "peakMB"), least(withPack, "peakMB")];
    console.log(
      `memory: ${plain.toFixed(0)} MB without the pack, ${judged.toFixed(0)} with it: ${(judged - plain).toFixed(0)} MB more`,
    );
  } finally {
    project.remove();
  }
}

async function timed(project: Project, args: string[]): Promise<Run> {
  const watch = new ProcessWatch();
  const { code, output, seconds } = await project.preview(...args);
  const { peakMB, cpu } = watch.stop();
  if (code !== 0 || /mandatory\]/.test(output)) throw new Error(output);
  const spent = [...cpu.values()].reduce((sum, used) => sum + used, 0);
  const pack = cpu.get("node (policy pack)") ?? 0;
  console.log(
    `${args.length > 0 ? "with" : "without"}: ${seconds.toFixed(2)} s, ${spent.toFixed(2)} s of CPU (the pack ${pack.toFixed(2)}), ${peakMB.toFixed(0)} MB`,
  );
  return { seconds, cpu: spent, peakMB };
}

/** The run that the machine's other work disturbed least. */
function least(runs: Run[], what: keyof Run): number {
  return Math.min(...runs.map((run) => run[what]));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
