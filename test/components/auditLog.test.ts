import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import { planSite } from "../../site/plan/plan";
import { apiServerFlags } from "../../site/render/apiServer";
import { AUDIT_LOG, auditPolicy } from "../../site/render/audit";
import { ApiServer } from "../support/apiServer";
import { site, threeHosts } from "../support/sites";

// The audit log of two years in small: by the real API server, with the policy and the flags of a site, but files of a hundredth.

const plan = planSite(parseSite(site(threeHosts)));
const folder = mkdtempSync(join(tmpdir(), "groundwork-audit-"));
const size = AUDIT_LOG.sizeMiB / 100;
let api: ApiServer;

beforeAll(async () => {
  const flags = new Map(apiServerFlags(plan).map(({ name, value }) => [name, value]));
  flags.set("audit-log-maxsize", String(size));
  flags.set("audit-log-path", join(folder, "audit.log"));
  flags.set("audit-policy-file", join(folder, "policy.yaml"));
  writeFileSync(join(folder, "policy.yaml"), auditPolicy(plan));
  // Of earlier years, as the API server names them.
  for (const year of [2023, 2024]) writeFileSync(join(folder, `audit-${year}-01-31T00-00-00.000.log`), "old\n");
  api = await ApiServer.start(
    [...flags].filter(([name]) => name.startsWith("audit-")).map(([name, value]) => `--${name}=${value}`),
  );
});
afterAll(async () => {
  await api?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const files = () => readdirSync(folder).filter((name) => name.endsWith(".log"));

it("never takes more than the site reckons with, whatever is asked of the API (S2, S6)", async () => {
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  const role = (i: number) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: `role-${i}`, namespace: "default", annotations: { padding: "x".repeat(200_000) } },
    rules,
  });
  const most = (AUDIT_LOG.backups + 2) * size * 2 ** 20;
  let asked = 0;
  for (let round = 0; round < 8; round++) {
    const items = Array.from({ length: 20 }, (_, i) => role(round * 20 + i));
    const file = join(folder, "roles.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await api.kubectl("create", "-f", file, "-o", "name");
    asked += statSync(file).size;
    const kept = files().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(kept).toBeLessThanOrEqual(most);
  }
  expect(asked).toBeGreaterThan(2 * most);
  await expect.poll(() => files().length, { timeout: 60_000 }).toBe(AUDIT_LOG.backups + 1);
  expect(files().filter((name) => /-202[34]-/.test(name))).toEqual([]);
});
