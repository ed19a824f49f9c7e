import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { etcd, etcdBefore, etcdOldest } from "../../image/programs/upstream";
import { parseSite } from "../../site/description/parse";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { WAL_SEGMENTS } from "../../site/render/diskGrowth";
import { etcdConfiguration } from "../../site/render/etcd";
import { paths } from "../../site/render/paths";
import { EtcdMember } from "../support/etcdMember";
import { site, threeHosts } from "../support/sites";
import { freePort } from "../support/sshd";

// etcd's configuration file ignores what it does not know: a setting whose name a version has not is lost without a word.

/** Groups of the file, and what their settings are called as flags. */
const GROUPS: Record<string, string> = { "client-transport-security": "", "peer-transport-security": "peer-" };

describe.each([etcdOldest, etcdBefore, etcd])("the configuration for etcd $version", (artifact) => {
  it("has only settings that this version knows, and they are in force", async () => {
    const plan = planSite(parseSite(site(threeHosts, { etcd: { members: 3, version: artifact.version } })));
    const machine = plan.machines.find(({ role }) => role === "etcd") as MachinePlan;
    const member = await EtcdMember.prepare(artifact);
    try {
      const text = etcdConfiguration(plan, machine, "etcd");
      const settings = parse(text) as Record<string, string | number | object>;
      const { output: help } = await member.run("etcd", "--help");
      const flags = new Set([...help.matchAll(/^\s+--([a-z0-9-]+)/gm)].map(([, name]) => name));
      const used = Object.entries(settings).flatMap(([name, value]) =>
        name in GROUPS ? Object.keys(value).map((setting) => GROUPS[name] + setting) : [name],
      );
      expect(used.filter((name) => !flags.has(name))).toEqual([]);

      const own = text
        .replaceAll(machine.address, "127.0.0.1")
        .replaceAll(",https://127.0.0.1:2379", "")
        .replaceAll("2379", String(member.port))
        .replaceAll("2380", String(member.peerPort))
        .replaceAll("2381", String(await freePort()))
        .replaceAll(paths.etcdPki, join(member.folder, "pki"))
        .replaceAll(paths.etcdData, member.folder);
      const file = join(member.folder, "etcd.yaml");
      writeFileSync(file, `${own}initial-cluster: ${machine.name}=https://127.0.0.1:${member.peerPort}\n`);
      await member.start(file);
      const line = member.log.split("\n").find((each) => each.includes('"msg":"starting an etcd server"'));
      const started = JSON.parse(line ?? "{}") as Record<string, unknown>;
      expect(started["etcd-version"]).toBe(artifact.version);
      // What a disk is reckoned to hold of its log.
      expect(started["max-wals"]).toBe(WAL_SEGMENTS - 2);
      if ("feature-gates" in settings) expect(started["feature-gates"]).toBe(settings["feature-gates"]);
      else expect(started["initial-corrupt-check"]).toBe(true);
      expect(started).toMatchObject({
        "quota-backend-bytes": settings["quota-backend-bytes"],
        "heartbeat-interval": `${settings["heartbeat-interval"]}ms`,
        "auto-compaction-mode": "periodic",
        "auto-compaction-retention": "1h0m0s",
      });
    } finally {
      await member.remove();
    }
  });
});
