import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artifact, ensure, goBuild, runner } from "../../../lab/toolchain/artifact";

const module = "lab/go/vcenter";

/** The smallest machine: one program that waits, and reads and writes files for a test. */
const smallGuest: Artifact = {
  name: "small-guest",
  version: "1",
  inputs: [`${module}/testdata/guest`, `${module}/cmd/vmware-rpctool`],
  title: "a small machine for tests",
  expected: "about 5 s",
  build: async (dir, run) => {
    await mkdir(join(dir, "sbin"));
    await goBuild(run, { module, package: "./testdata/guest", output: join(dir, "sbin/init") });
    await goBuild(run, { module, package: "./cmd/vmware-rpctool", output: join(dir, "sbin/vmware-rpctool") });
  },
};

/** Makes Docker's image of the small machine, under its own name for each test run, and returns how to remove it. */
export async function loadSmallGuest(image: string): Promise<() => Promise<void>> {
  const run = runner();
  const work = await mkdtemp(join(tmpdir(), "groundwork-guest-"));
  try {
    const archive = join(work, "guest.tar");
    await run("tar", ["-C", await ensure(smallGuest), "-cf", archive, "sbin"]);
    await run("docker", ["import", "--change", 'CMD ["/sbin/init"]', archive, image]);
  } finally {
    await rm(work, { recursive: true });
  }
  return async () => {
    await run("docker", ["image", "rm", "--force", image]);
  };
}

/** What a test does inside a machine. */
export class Guest {
  constructor(readonly container: string) {}

  read(file: string): Promise<string> {
    return this.run("/sbin/init", "read", file);
  }

  async write(file: string, text: string): Promise<void> {
    await this.run("/sbin/init", "write", file, text);
  }

  /** One command of VMware's RPC, as the guest's cloud-init sends it. */
  rpc(command: string): Promise<string> {
    return this.run("/sbin/vmware-rpctool", command);
  }

  /** What Docker knows of the machine. */
  async environment(): Promise<string> {
    const format = "{{json .Config}} {{json .HostConfig}} {{json .NetworkSettings.Networks}}";
    return runner()("docker", ["inspect", "--format", format, this.container]);
  }

  private run(...command: string[]): Promise<string> {
    return runner()("docker", ["exec", this.container, ...command]);
  }
}
