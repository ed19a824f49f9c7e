import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { VOLUMES_FOLDER } from "../../site/description/localVolumes";
import { localVolumesImage } from "../../site/render/images";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";

// W3: a claim gets a volume on a worker's own disk, written and read by kubectl, which is nobody's of ours.

const namespace = "kept";
/** Seconds until a pod runs that has to wait for its volume, or for its worker. */
const patience = 240;

const folder = mkdtempSync(join(tmpdir(), "groundwork-volumes-"));
let site: RunningSite;
/** The worker that the volume lies on: the one that leaves where one has to. */
let worker: string;

interface Volume {
  metadata: { name: string };
  spec: { local?: { path: string }; persistentVolumeReclaimPolicy: string };
  status: { phase: string };
}

beforeAll(async () => {
  const { code, text } = await upWith(2);
  expect(code, text).toBe(0);
  site = await RunningSite.open();
  worker = site.machines("worker").at(-1)?.name ?? "";
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await site.kubectl("create", "namespace", namespace);
});
afterAll(async () => {
  await site?.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  if (labIsKept) await upWith(2);
  else await demo();
  rmSync(folder, { recursive: true, force: true });
});

test("a claim waits for its pod, gets a volume where that runs, and another pod reads what it wrote", async () => {
  await apply(claim("data"));
  expect((await site.kubectl("-n", namespace, "get", "pvc", "data", "-o", "jsonpath={.status.phase}")).trim()).toBe(
    "Pending",
  );
  await apply(pod("data"));
  await runs("data");
  await written("data", "first");
  const volume = await volumeOf("data");
  expect(volume.spec.local?.path).toMatch(new RegExp(`^${VOLUMES_FOLDER}/`));
  expect(volume.status.phase).toBe("Bound");
  expect(await site.ssh(worker, `cat ${volume.spec.local?.path}/file`)).toBe("first\n");
  const device = site.machine(worker).disks.find(({ name }) => name === "data")?.device;
  const members = site.machines("etcd").map(({ disks }) => disks.find(({ name }) => name === "data")?.device);
  expect(members).not.toContain(device);
  await site.kubectl("-n", namespace, "delete", "pod", "data");
  await apply(pod("data"));
  await runs("data");
  expect(await read("data")).toBe("first");
});

test("a pod of that claim that may run anywhere runs on that worker", async () => {
  await site.kubectl("-n", namespace, "delete", "pod", "data");
  await apply({ ...pod("data", false) });
  await runs("data");
  const node = await site.kubectl("-n", namespace, "get", "pod", "data", "-o", "jsonpath={.spec.nodeName}");
  expect(node).toBe(worker);
  expect(await read("data")).toBe("first");
});

test("what was written is there when the worker's host comes back", async () => {
  const { host } = site.machine(worker);
  await written("data", "before the host went");
  await site.ssh(worker, "sync");
  await site.control.hostDown(host);
  await site.control.hostUp(host);
  await until("the site is healthy", 300, () => site.healthy().then(() => true));
  await until("the pod reads", patience, async () =>
    (await read("data")) === "before the host went" ? true : undefined,
  );
});

test("a second up changes nothing", async () => {
  const { code, text } = await upWith(2);
  expect(code, text).toBe(0);
  expect(text).toContain("Nothing changed");
});

test("a worker whose disk has a volume does not leave: the change stops, its pod goes on", async () => {
  const { code, text } = await upWith(1);
  expect(code).not.toBe(0);
  const { metadata } = await volumeOf("data");
  expect(text).toContain(`it holds volumes, which end with its disk: ${metadata.name} (claim ${namespace}/data)`);
  expect(await read("data")).toBe("before the host went");
  const again = await upWith(2);
  expect(again.code, again.text).toBe(0);
});

test("a claim that is deleted frees its folder where it was asked to, and not before", async () => {
  const { metadata, spec } = await volumeOf("data");
  const path = spec.local?.path ?? "";
  expect(spec.persistentVolumeReclaimPolicy).toBe("Retain");
  await written("data", "nowhere else");
  await site.kubectl("-n", namespace, "delete", "pod", "data");
  await site.kubectl("-n", namespace, "delete", "pvc", "data");
  await until("the volume is let go", patience, async () => {
    const { status } = await site.kubectlJson<Volume>("get", "pv", metadata.name);
    return status.phase === "Released" ? true : undefined;
  });
  expect(await site.ssh(worker, `cat ${path}/file`)).toBe("nowhere else\n");
  await site.kubectl(
    ...["patch", "pv", metadata.name, "--patch", '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}'],
  );
  await until("its folder is gone", patience, async () =>
    (await site.ssh(worker, `[[ -e ${path} ]] && echo there || echo gone`)) === "gone\n" ? true : undefined,
  );
  await until("the volume is gone", patience, async () => {
    const { text } = await site.attempt("kubectl", ["get", "pv", metadata.name]);
    return text.includes("not found") ? true : undefined;
  });
});

test("where the disk is not there nothing is made in its place", async () => {
  const mark = `${VOLUMES_FOLDER}/.groundwork-volumes`;
  await site.ssh(worker, `mv ${mark} ${mark}.away`);
  await apply(claim("other"));
  await apply(pod("other"));
  const phases = () =>
    site.kubectl("-n", "local-path-storage", "get", "pods", "-l", "!app", "-o", "jsonpath={.items[*].status.phase}");
  await until("what would make it has failed", patience, async () =>
    (await phases()).includes("Failed") ? true : undefined,
  );
  expect(await site.ssh(worker, `ls ${VOLUMES_FOLDER}`)).not.toContain("other");
  await site.ssh(worker, `mv ${mark}.away ${mark}`);
  await runs("other");
});

/** Brings the demo's site up with so many workers, each with a disk for volumes. */
async function upWith(count: number): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const set = (path: (string | number)[], value: unknown) =>
    document.setIn(["config", "groundwork:site", ...path], value);
  set(["addons"], { localVolumes: {} });
  set(["workers", 0, "volumesGiB"], 20);
  set(["workers", 0, "count"], count);
  // One worker carries nothing that has to survive.
  if (count < 2) document.deleteIn(["config", "groundwork:site", "workload"]);
  const stack = join(folder, "Pulumi.volumes.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

async function apply(object: object): Promise<void> {
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(object) });
}

async function runs(name: string): Promise<void> {
  await site.run(
    "kubectl",
    ["-n", namespace, "wait", `pod/${name}`, "--for=condition=Ready", `--timeout=${patience}s`],
    { seconds: patience + 20 },
  );
}

async function written(name: string, text: string): Promise<void> {
  await site.kubectl("-n", namespace, "exec", name, "--", "/bin/sh", "-c", `echo '${text}' >/data/file`);
}

async function read(name: string): Promise<string> {
  const line = 'read -r line </data/file; echo "$line"';
  return (await site.kubectl("-n", namespace, "exec", name, "--", "/bin/sh", "-c", line)).trim();
}

async function volumeOf(name: string): Promise<Volume> {
  const path = "jsonpath={.spec.volumeName}";
  return site.kubectlJson<Volume>("get", "pv", await site.kubectl("-n", namespace, "get", "pvc", name, "-o", path));
}

/** Of no class: of the one that claims get. */
function claim(name: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
}

/** Somebody who is not root; it waits for a word that never comes. */
function pod(name: string, isPlaced = true): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      ...(isPlaced && { nodeSelector: { "kubernetes.io/hostname": worker } }),
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsUser: 1000, runAsNonRoot: true },
      containers: [
        {
          name,
          image: localVolumesImage(site.plan.spec),
          command: ["/bin/sh", "-c", "read -r word"],
          stdin: true,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        },
      ],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }],
    },
  };
}
