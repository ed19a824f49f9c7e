import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Artifact, ensure, runner } from "../../image/build/artifact";
import { machineDisk } from "../../image/disk/disk";
import { machineBase, operatingSystems } from "../../image/machine/base";
import { sha256Of } from "../../image/output/digest";
import { currentRelease } from "../../image/programs/release";

// Same input, same file: what lies in the cache is built once more, at another time and in another folder.

const [system] = operatingSystems;

test.each<[string, Artifact, string[]]>([
  ["disk", machineDisk(system, currentRelease), ["bom.cdx.json", "disk.raw"]],
  ["base, where the mirrors have the same packages", machineBase(system), ["base.tar"]],
])("the %s is the same file when it is built again", async (_, artifact, files) => {
  const before = await ensure(artifact);
  const again = mkdtempSync(join(tmpdir(), "groundwork-again-"));
  try {
    await artifact.build(again, runner());
    for (const file of files) expect(await sha256Of(join(again, file)), file).toBe(await sha256Of(join(before, file)));
  } finally {
    rmSync(again, { recursive: true, force: true });
  }
});
