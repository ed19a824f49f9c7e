import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ArchiveFile, archive } from "../../components/archive";

const files: ArchiveFile[] = [
  { path: "/etc/kubernetes/pki/sa.key", mode: 0o600, owner: "root:root", content: "key\n" },
  { path: "/etc/etcd/etcd.yaml", mode: 0o644, owner: "root:root", content: "name: é\n" },
];

describe("a machine's archive", () => {
  it("is unpacked by tar with content and modes as planned", async () => {
    const folder = mkdtempSync(join(tmpdir(), "archive-"));
    execFileSync("tar", ["-xz", "--no-same-owner", "-C", folder], {
      input: await archive(files, { apply: "#!/bin/bash\n", identity: "one", issued: "2026-11-21T02:00:00Z" }),
    });
    expect(readFileSync(join(folder, "apply"), "utf8")).toBe("#!/bin/bash\n");
    expect(readFileSync(join(folder, "identity"), "utf8")).toBe("one\n");
    expect(readFileSync(join(folder, "issued"), "utf8")).toBe("2026-11-21T02:00:00Z\n");
    expect(readFileSync(join(folder, "files/etc/etcd/etcd.yaml"), "utf8")).toBe("name: é\n");
    expect(statSync(join(folder, "files/etc/kubernetes/pki/sa.key")).mode & 0o777).toBe(0o600);
  });

  it("has the same bytes in whatever order it is made, and no clock in them", async () => {
    const first = await archive(files, { apply: "true", identity: "one" });
    expect((await archive([...files].reverse(), { apply: "true", identity: "one" })).equals(first)).toBe(true);
    const listed = execFileSync("tar", ["-tvz", "--utc"], { input: first, encoding: "utf8" });
    expect(listed.match(/1970-01-01 00:00/g)).toHaveLength(4);
  });

  it("differs when a mode differs", async () => {
    const [key, config] = files as [ArchiveFile, ArchiveFile];
    const first = await archive(files, { apply: "true", identity: "one" });
    expect((await archive([{ ...key, mode: 0o640 }, config], { apply: "true", identity: "one" })).equals(first)).toBe(
      false,
    );
  });
});
