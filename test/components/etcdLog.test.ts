import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcd, etcdBefore } from "../../image/programs/upstream";
import { shell } from "../../site/render/shell";
import { EtcdMember } from "../support/etcdMember";
import { freePort } from "../support/sshd";

let member: EtcdMember;

const line = async (name: string): Promise<number> => {
  const pki = join(member.folder, "pki");
  const tls = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/server.crt`, "--key", `${pki}/server.key`];
  const { output } = await member.run("curl", "--silent", "--noproxy", "*", ...tls, `${member.url}/metrics`);
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(output)?.[1]);
};

/** The program as a control plane runs it, but for where its files and the members are. */
async function leaveLog(port = member.port): Promise<{ code: number; output: string }> {
  const pki = join(member.folder, "pki");
  const program = [
    "set -euo pipefail",
    'fail() { echo "$*" >&2; exit 1; }',
    `ETCDCTL_CACERT=${pki}/ca.crt ETCDCTL_CERT=${pki}/healthcheck-client.crt ETCDCTL_KEY=${pki}/healthcheck-client.key`,
    "STORES='events 127.0.0.1'",
    shell("etcd-log").replaceAll("2379", String(port)),
  ];
  writeFileSync(join(member.folder, "program"), program.join("\n"));
  return member.run("bash", join(member.folder, "program"));
}

beforeAll(async () => {
  member = await EtcdMember.prepare(etcdBefore);
  await member.start();
  await member.etcdctl("put", "kept", "yes");
});

afterAll(() => member.remove());

describe("members leave their log behind before a version that does not read that of 3.5", () => {
  it("by a snapshot of it, though the store has few writes, and no key changes", async () => {
    expect(await line("etcd_snap_fsync_duration_seconds_count")).toBe(0);
    const revision = async () => JSON.parse(await member.etcdctl("get", "kept", "-w", "json")).header.revision;
    const before = await revision();
    expect(await leaveLog()).toEqual({ code: 0, output: "" });
    expect(await line("etcd_snap_fsync_duration_seconds_count")).toBe(1);
    expect(await revision()).toBe(before);
    expect(member.log).toContain('"msg":"saved snapshot to disk"');
  });

  it("and the newer version starts with what is left, where nothing is to be done", async () => {
    await member.become(etcd);
    expect(await member.etcdctl("get", "kept", "--print-value-only")).toBe("yes\n");
    const index = () => line("etcd_server_proposals_committed_total");
    const before = await index();
    expect(await leaveLog()).toEqual({ code: 0, output: "" });
    expect(await index()).toBeLessThan(before + 100);
  });

  it("and a member that does not answer is named", async () => {
    const port = await freePort();
    expect(await leaveLog(port)).toEqual({
      code: 1,
      output: `member https://127.0.0.1:${port} does not answer; mend it first\n`,
    });
    expect(readFileSync(join(member.folder, "program"), "utf8")).toContain(String(port));
  });
});
