import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { shell } from "../../site/render/shell";
import { functionOf, run } from "../support/shellProgram";

/** A member that serves only after some seconds, beside members of which two of three do not answer: the last one among them. */
async function waiting(seconds: number, journal = ""): Promise<{ code: number | null; output: string }> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const etcd = shell("etcd").replaceAll("2380", String(port));
  const program = [
    "MACHINE=shop-etcd-a MEMBERS=$'shop-etcd-a 127.0.0.2\\nshop-etcd-b 127.0.0.1\\nshop-etcd-c 127.0.0.3'",
    shell("common"),
    functionOf(etcd, "members_up"),
    functionOf(etcd, "wait_for_member"),
    `serving() { [[ $SECONDS -ge ${seconds} ]]; }`,
    `journalctl() { echo '${journal}'; }`,
    "wait_for_member",
    'say "serves"',
  ];
  return run(program.join("\n")).finally(() => other.close());
}

describe("a member of etcd that waits for the others", () => {
  it("official plugins 1: longer than ten seconds, says how many are up and goes on, though the last one does not answer", async () => {
    const { code, output } = await waiting(12);
    expect(output).toContain("shop-etcd-a: waiting for the other members: 1 of 3 are up (10 s)");
    expect(output).toContain("shop-etcd-a: serves");
    expect(output).not.toContain("failed with status");
    expect(code).toBe(0);
  });

  it("official plugins 1: less than ten seconds, says nothing", async () => {
    const { code, output } = await waiting(1);
    expect(output).not.toContain("waiting");
    expect(code).toBe(0);
  });

  it("says at once where its log is one that its version does not read, and the way out", async () => {
    const { code, output } = await waiting(60, '{"level":"panic","msg":"Apply, could not find a header"}');
    expect(output).toContain(
      "its log holds what etcd 3.5 wrote, which this version does not read; set etcd.version and the template back",
    );
    expect(output).not.toContain("are up");
    expect(code).toBe(1);
  });
});
