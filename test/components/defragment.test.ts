import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcd } from "../../image/programs/upstream";
import { shell } from "../../site/render/shell";
import { EtcdMember } from "../support/etcdMember";
import { freePort } from "../support/sshd";

let member: EtcdMember;
let nobody = "";

const field = async (name: string) =>
  Number(new RegExp(`"${name}":(\\d+)`).exec(await member.etcdctl("endpoint", "status", "-w", "json"))?.[1]);
const size = () => field("dbSize");

/** Pages that compaction has freed count as used until later writes were committed, which a store that is used always has. */
async function writeUntilFreed(): Promise<void> {
  while ((await field("dbSizeInUse")) > 1_000_000) {
    await member.etcdctl("put", "written", "later");
    await sleep(200);
  }
}

/** The script as it is installed, but for where its files are. */
async function defragment(others: string, worthMiB: number): Promise<{ code: number; output: string }> {
  const { folder, url } = member;
  writeFileSync(join(folder, "defragment.conf"), `OWN=${url}\nOTHERS=${others}\nWORTH_MIB=${worthMiB}\n`);
  writeFileSync(join(folder, "defragment"), shell("etcd-defragment").replaceAll("/etc/etcd", folder), { mode: 0o755 });
  return member.run("bash", join(folder, "defragment"));
}

beforeAll(async () => {
  member = await EtcdMember.prepare(etcd);
  nobody = `https://127.0.0.1:${await freePort()}`;
  await member.start();
});

afterAll(() => member.remove());

describe("defragmentation (C3)", () => {
  it("leaves a file alone that is small or full", async () => {
    expect(await defragment("", 256)).toMatchObject({
      code: 0,
      output: expect.stringContaining("nothing to give back"),
    });
  });

  it("does not take a member out while another one is not healthy", async () => {
    const value = "x".repeat(100_000);
    for (let i = 0; i < 40; i++) await member.etcdctl("put", `key-${i}`, value);
    const revision = /"revision":(\d+)/.exec(await member.etcdctl("del", "key-", "--prefix", "-w", "json"))?.[1] ?? "";
    await member.etcdctl("compact", "--physical", revision);
    await writeUntilFreed();
    const before = await size();
    expect(before).toBeGreaterThan(4_000_000);
    const { code, output } = await defragment(nobody, 1);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining("another member is not healthy: this one keeps serving"),
    ]);
    expect(await size()).toBe(before);
  });

  it("gives back what compaction has freed, under the members' lock", async () => {
    const { code } = await defragment(member.url, 1);
    expect(code).toBe(0);
    expect(await size()).toBeLessThan(1_000_000);
  });
});
