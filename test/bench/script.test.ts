import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { machineTable, scriptEnvironment } from "../../bench/script";
import { parseSite } from "../../site/description/parse";
import { planSite } from "../../site/plan/plan";

const root = join(__dirname, "../..");
const demo = parse(readFileSync(join(root, "stacks/Pulumi.demo.yaml"), "utf8"));
const plan = planSite(parseSite(demo.config["groundwork:site"]));

test("the script's environment holds kubelet's and kube-proxy's configuration as kubeadm reads them: a document each", () => {
  const environment = scriptEnvironment(plan);
  const documents = parseAllDocuments(`${environment.KUBELET}\n---\n${environment.KUBE_PROXY}\n`).map((d) => d.toJS());
  expect(documents).toMatchObject([
    { apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration", failSwapOn: false },
    { apiVersion: "kubeproxy.config.k8s.io/v1alpha1", kind: "KubeProxyConfiguration", conntrack: { maxPerCore: 0 } },
  ]);
});

test("everything that the script reads from its environment is given", () => {
  const script = readFileSync(join(root, "bench/kubeadm.sh"), "utf8");
  const set = new Set([...script.matchAll(/\b([A-Z][A-Z_]*)=/g)].map(([, name]) => name));
  const read = [...script.matchAll(/\$\{?([A-Z][A-Z_]*)\b/g)].map(([, name]) => name as string);
  const shell = ["BASH_COMMAND", "EPOCHREALTIME", "LINENO", "PWD", "PATH", "HOME", "YAML", "SHELL"];
  const given = new Set([...Object.keys(scriptEnvironment(plan)), ...set, ...shell]);
  expect(read.filter((name) => !given.has(name) && !name.startsWith("GOVC_"))).toEqual([]);
});

test("the table has a line for each machine, of eleven words", () => {
  const lines = machineTable(plan).trim().split("\n");
  expect(lines.map((line) => line.split(" ").length)).toEqual(plan.machines.map(() => 11));
  expect(lines.map((line) => line.split(" ")[0])).toEqual(plan.machines.map(({ name }) => name));
});
