import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensure, type Run } from "../build/artifact";
import { containerd } from "../programs/upstream";

/** Where a machine has the unpacked layers. Links in its containerd's folder point there. */
const layersInMachine = "/usr/lib/container-images/layers";
const snapshots = "io.containerd.snapshotter.v1.overlayfs/snapshots";

/**
 * Imports an OCI layout into a containerd of its own and takes the result apart: `dir/containerd`, its databases and
 * manifests (a few MB), and `dir/layers`, the unpacked trees. Every image is pinned, and also known by its digest.
 */
export async function preload(dir: string, layout: string, digests: Record<string, string>, run: Run): Promise<void> {
  const root = join(dir, "containerd");
  const binaries = await ensure(containerd);
  await withContainerd(binaries, root, async (address) => {
    const ctr = (...args: string[]) =>
      run(join(binaries, "ctr"), ["--address", address, "--namespace", "k8s.io", ...args]);
    const archive = `${layout}.tar`;
    await run("tar", ["-C", layout, "-cf", archive, "."]);
    await ctr("images", "import", "--local", "--discard-unpacked-layers", archive);
    const labels = ["io.cri-containerd.image=managed", "io.cri-containerd.pinned=pinned"];
    for (const [name, digest] of Object.entries(digests)) {
      const byDigest = `${name.slice(0, name.lastIndexOf(":"))}@${digest}`;
      await ctr("images", "tag", "--force", name, byDigest);
      for (const image of [name, byDigest]) await ctr("images", "label", image, ...labels);
    }
    await ctr("content", "prune", "references");
  });
  await rm(join(root, "io.containerd.grpc.v1.introspection"), { recursive: true }); // a name of its own for each machine
  await detachLayers(root, join(dir, "layers"));
}

/** Moves each unpacked tree out of containerd's folder and leaves a link to where a machine has it. */
async function detachLayers(root: string, layers: string): Promise<void> {
  await mkdir(layers);
  for (const id of await readdir(join(root, snapshots))) {
    const tree = join(root, snapshots, id, "fs");
    await rename(tree, join(layers, id));
    await symlink(`${layersInMachine}/${id}`, tree);
  }
}

/** Runs containerd without its Kubernetes interface while `use` works with it. */
async function withContainerd(binaries: string, root: string, use: (address: string) => Promise<void>): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "groundwork-containerd-"));
  const address = join(work, "containerd.sock");
  const config = join(work, "config.toml");
  const disabled = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri"];
  await writeFile(
    config,
    [
      "version = 3",
      `root = ${JSON.stringify(root)}`,
      `state = ${JSON.stringify(join(work, "state"))}`,
      `disabled_plugins = ${JSON.stringify(disabled)}`,
      `[grpc]\naddress = ${JSON.stringify(address)}`,
      `[plugins."io.containerd.ttrpc.v1.ttrpc"]`,
    ].join("\n"),
  );
  const log: string[] = [];
  const daemon = spawn(join(binaries, "containerd"), ["--config", config], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(daemon, "exit");
  daemon.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  try {
    await listening(address, () => daemon.exitCode !== null);
    await use(address);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${log.join("").split("\n").slice(-10).join("\n")}`);
  } finally {
    daemon.kill("SIGTERM");
    await ended;
    await rm(work, { recursive: true, force: true });
  }
}

async function listening(socket: string, hasEnded: () => boolean): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (hasEnded()) throw new Error("containerd: ended at once; see below");
    if (existsSync(socket)) return;
    await sleep(100);
  }
  throw new Error(`containerd: no socket at ${socket} after 30 s`);
}
