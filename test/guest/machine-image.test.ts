import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SshLogin } from "../../cli/backup/ssh";
import { machineItems, question } from "../../cli/inventory/machines";
import { imageDigests } from "../../image/containers/container-images";
import { AGNHOST, containerd, etcd, kubernetes } from "../../image/programs/upstream";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { kubernetesMinor } from "../../site/description/versions";
import { Guest } from "./guest";

const folder = mkdtempSync(join(tmpdir(), "groundwork-keys-"));
const hostKey = keyPair("host");
const userKey = keyPair("user");
let guest: Guest;

beforeAll(async () => {
  const userdata = `#cloud-config
hostname: guest
manage_etc_hosts: localhost
ssh_deletekeys: true
ssh_genkeytypes: []
ssh_keys:
  ed25519_private: ${JSON.stringify(hostKey.private)}
  ed25519_public: ${JSON.stringify(hostKey.public)}
users:
  - name: groundwork
    shell: /bin/bash
    lock_passwd: true
    sudo: ALL=(ALL) NOPASSWD:ALL
    ssh_authorized_keys: [${JSON.stringify(userKey.public)}]
`;
  const metadata = {
    "instance-id": "guest",
    "local-hostname": "guest",
    "cleanup-guestinfo": ["userdata", "vendordata"],
  };
  guest = await Guest.start(await loadMachineImage(), {
    metadata: base64(JSON.stringify(metadata)),
    "metadata.encoding": "base64",
    userdata: base64(userdata),
    "userdata.encoding": "base64",
  });
});

afterAll(async () => {
  await guest?.remove();
  rmSync(folder, { recursive: true });
});

test("a machine boots without a failed unit, and cloud-init says that it is done", async () => {
  expect(await guest.booted(), guest.run("systemctl", "list-units", "--failed", "--plain")).toBe("running");
  expect(guest.run("cloud-init", "status")).toBe("status: done\n");
  expect(guest.run("hostname").trim()).toBe("guest");
});

test("SSH works with the pinned host key, and sudo without a password", () => {
  expect(ssh("sudo -n id -un")).toBe("root\n");
});

test("kubelet, etcd, haproxy and keepalived wait until they are configured", () => {
  for (const unit of ["kubelet", "haproxy", "keepalived"]) expect(state("is-enabled", unit)).toBe("disabled");
  for (const unit of ["containerd", "ssh", "chrony"]) expect(state("is-active", unit)).toBe("active");
  expect(state("is-enabled", "etcd")).toMatch(/not-found|Failed to get unit file state/);
});

test("every container image is there, pinned, by name and by digest, and is what kubeadm asks for (D5)", async () => {
  const listed = guest.run("ctr", "--namespace", "k8s.io", "images", "ls");
  const images = Object.entries(await imageDigests());
  for (const [name, digest] of images) {
    for (const reference of [name, `${name.slice(0, name.lastIndexOf(":"))}@${digest}`]) {
      const line = listed.split("\n").find((candidate) => candidate.startsWith(`${reference} `));
      expect(line, reference).toContain(digest);
      expect(line, reference).toContain("io.cri-containerd.pinned=pinned");
    }
  }
  const named = new Map(images);
  const asked = guest
    .run("kubeadm", "config", "images", "list", "--kubernetes-version", `v${kubernetes.version}`)
    .trim()
    .split("\n");
  const ours = asked.filter((name) => !/\/(etcd|coredns):/.test(name)); // etcd is no pod here; CoreDNS is an add-on of its own
  expect(ours).toHaveLength(5);
  for (const name of ours) expect(named.has(name), name).toBe(true);
});

test("an image runs", () => {
  const name = `registry.k8s.io/${AGNHOST}`;
  const run = ["ctr", "-n", "k8s.io", "run", "--rm", "--net-host", name, "probe", "/agnhost", "--version"];
  expect(guest.run(...run)).toContain("app version");
});

test("the programs are of the versions that the lab names", () => {
  expect(guest.run("kubeadm", "version", "-o", "short")).toBe(`v${kubernetes.version}\n`);
  expect(guest.run("kubelet", "--version")).toBe(`Kubernetes v${kubernetes.version}\n`);
  expect(guest.run("etcd", "--version")).toContain(`etcd Version: ${etcd.version}`);
  expect(guest.run("containerd", "--version")).toContain(`v${containerd.version}`);
  expect(guest.run("ls", "/opt/cni/bin").trim().split("\n")).toEqual([
    "bridge",
    "host-local",
    "loopback",
    "portmap",
    "ptp",
  ]);
});

test("its kubelet names no feature gate that the description would refuse", () => {
  const named = [...guest.run("kubelet", "--help").matchAll(/(\w+)=true\|false \((?:ALPHA|BETA)/g)].map(
    ([, name]) => name,
  );
  const { gates } = kubernetesMinor(kubernetes.version).fields;
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => gates[name ?? ""] !== "true or false")).toEqual([]);
});

test("an inventory tells what runs on it, images by their digests (O3)", async () => {
  const name = `registry.k8s.io/${AGNHOST}`;
  guest.run("systemd-run", "--quiet", "--unit", "etcd", "etcd", "--data-dir", "/tmp/etcd");
  guest.run("ctr", "-n", "k8s.io", "run", "--detach", "--net-host", name, "waiting", "/agnhost", "pause");
  const login = new SshLogin(userKey.private, `${guest.address} ${hostKey.public}\n`, () => "groundwork");
  try {
    const items = machineItems("guest", await login.ask(guest.address, question));
    const told = (kind: string) =>
      Object.fromEntries(items.filter((i) => i.kind === kind).map((i) => [i.name, i.version]));
    expect(told("system")["operating system"]).toMatch(/^Debian GNU\/Linux 12/);
    expect(told("system").kernel).toMatch(/^\d+\.\d+/);
    const some = expect.stringMatching(/^\d+\.\d/);
    expect(told("software")).toEqual({
      OpenSSH: some,
      chrony: some,
      containerd: containerd.version,
      etcd: etcd.version,
      runc: some,
    });
    const digest = (await imageDigests())[name];
    expect(items.filter(({ kind }) => kind === "image")).toEqual([
      { kind: "image", name: name.split(":")[0], version: AGNHOST.split(":")[1], digest, where: "guest" },
    ]);
  } finally {
    login.close();
    guest.run("ctr", "-n", "k8s.io", "task", "kill", "--signal", "KILL", "waiting");
    guest.run("systemctl", "stop", "etcd");
  }
});

test("the host key is gone from guestinfo and lies nowhere but in its own file", () => {
  expect(guest.guestinfo.userdata).toBe("---");
  const line = hostKey.private.split("\n")[2] as string;
  const holders = [line, base64(hostKey.private).slice(64, 128)].map((text) =>
    guest.run("sh", "-c", `grep -rlF -e '${text}' /etc /run /var /root /home /tmp 2>/dev/null || true`).trim(),
  );
  expect(holders).toEqual(["/etc/ssh/ssh_host_ed25519_key", ""]);
  expect(guest.run("stat", "-c", "%a", "/etc/ssh/ssh_host_ed25519_key").trim()).toBe("600");
  expect(guest.run("sh", "-c", "ls /etc/ssh/ssh_host_*_key").trim()).toBe("/etc/ssh/ssh_host_ed25519_key");
});

test("kernel settings of a machine are not the host's", () => {
  const before = readFileSync("/proc/sys/kernel/panic", "utf8");
  guest.run("sysctl", "-w", "kernel.panic=77");
  expect(guest.run("cat", "/proc/sys/kernel/panic")).toBe("77\n");
  expect(readFileSync("/proc/sys/kernel/panic", "utf8")).toBe(before);
});

test("after a restart the machine is the same, with its keys, its user and its images", async () => {
  const id = guest.run("cat", "/etc/machine-id");
  expect(id).toMatch(/^[0-9a-f]{32}\n$/);
  expect(await guest.restart()).toBe("running");
  expect(guest.run("cat", "/etc/machine-id")).toBe(id);
  expect(ssh("hostname")).toBe("guest\n");
  const references = guest.run("ctr", "--namespace", "k8s.io", "images", "ls", "-q").trim().split("\n");
  expect(references).toHaveLength(2 * Object.keys(await imageDigests()).length);
});

function ssh(command: string): string {
  const known = join(folder, "known_hosts");
  writeFileSync(known, `${guest.address} ${hostKey.public}\n`);
  const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", `UserKnownHostsFile=${known}`, "ConnectTimeout=10"];
  const flags = options.flatMap((option) => ["-o", option]);
  return execFileSync("ssh", [...flags, "-i", userKey.file, `groundwork@${guest.address}`, command], {
    encoding: "utf8",
  });
}

function state(question: string, unit: string): string {
  return guest.run("sh", "-c", `systemctl ${question} ${unit} 2>&1 || true`).trim();
}

function keyPair(name: string): { file: string; private: string; public: string } {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  return { file, private: readFileSync(file, "utf8"), public: readFileSync(`${file}.pub`, "utf8").trim() };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
