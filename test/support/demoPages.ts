import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { StackReport } from "../../cli/report/model";
import { stackReport } from "../../cli/report/stack";
import { type Runbook, runbookOf } from "../../cli/runbook/runbook";
import type { CertificateRecord } from "../../components/Pki";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import { certificatesOf } from "../../site/pki/certificates";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { demoStacks, inputsOf, previewOfChange } from "./changes";

/** The runbook of the demo's site as it runs. */
export function demoRunbook(): Runbook {
  const { config } = parse(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const contacts = [{ name: "Ada Night", role: "on call", phone: "+49 (30) 123-45", mail: "ada@store.example" }];
  const plan = planSite(parseSite({ ...config["groundwork:site"], contacts }));
  const made = new Date("2026-11-21T02:00:00Z");
  return runbookOf(plan, { machines: plan.machines, certificates: recordsOf(plan) }, { stack: "demo", made });
}

function recordsOf(plan: SitePlan): CertificateRecord[] {
  return certificatesOf(plan).map(({ id, purpose, commonName, authority, machines }) => ({
    ...{ id, purpose, commonName, authority, machines },
    ...{ issuer: `${authority}-ca`, expires: "2027-11-21T00:00:00Z", places: [] },
  }));
}

/** The report of a change that puts a member of etcd onto the device of another one. */
export function unsafeReport(): StackReport {
  const { before, after } = demoStacks();
  const [a, b] = ["demo-etcd-a", "demo-etcd-b"].map((name) => inputsOf(after, name));
  Object.assign(b ?? {}, { hostSystemId: a?.hostSystemId, datastoreId: a?.datastoreId, disks: a?.disks });
  return stackReport(previewOfChange(before, after));
}
