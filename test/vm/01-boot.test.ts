import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ensure } from "../../image/build/artifact";
import { machineDisk } from "../../image/disk/disk";
import { operatingSystems } from "../../image/machine/base";
import { currentRelease } from "../../image/programs/release";
import { keyPair, VirtualMachine } from "../support/vm/machine";
import { Segment } from "../support/vm/segment";

// The image as it is built, in virtual machines with their own boot loader, kernel and disks.

describe("the image", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-vm-"));
  let segment: Segment;
  let machine: VirtualMachine;
  let image: string;
  const make = (name: string, number: number, firmware: "bios" | "uefi") =>
    VirtualMachine.make(folder, segment, { name, number, firmware, image, cpus: 2, memoryMiB: 2048 });

  beforeAll(async () => {
    image = join(await ensure(machineDisk(operatingSystems[0], currentRelease)), "disk.raw");
    await keyPair(join(folder, "owner"));
    segment = Segment.open("gwvm", "10.43.7");
  });
  afterAll(async () => {
    await machine?.cut();
    segment?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is started by UEFI with Secure Boot on", async () => {
    const other = await make("uefi", 10, "uefi");
    other.start();
    try {
      await expect.poll(() => other.console, { timeout: 600_000, interval: 2000 }).toMatch(/Welcome to .*Debian/);
      expect(other.console).toMatch(/Secure boot enabled|EFI Secure Boot/);
    } finally {
      await other.cut();
    }
  });

  test("boots on a BIOS until it answers with the host key that it was given, as a machine of that name", async () => {
    machine = await make("bios", 11, "bios");
    machine.start();
    const seconds = await machine.answers();
    console.log(`SSH answers after ${Math.round(seconds)} s`);
    expect((await machine.run("hostname")).trim()).toBe("bios");
  });

  test("starts without a failed unit, and nothing that waits for its role", async () => {
    const { stdout } = await machine.ask("cloud-init status --wait --long");
    expect(stdout).toContain("status: done");
    const state = await machine.ask("systemctl is-system-running --wait");
    expect(state.stdout.trim(), await machine.run("systemctl --failed --plain --no-legend")).toBe("running");
    for (const unit of ["kubelet", "haproxy", "keepalived"])
      expect((await machine.ask(`systemctl is-enabled ${unit}`)).stdout.trim(), unit).toBe("disabled");
    for (const unit of ["ssh", "containerd", "chrony", "apparmor", "systemd-resolved"])
      expect((await machine.ask(`systemctl is-active ${unit}`)).stdout.trim(), unit).toBe("active");
  });

  test("has control groups of version 2, no swap, the whole disk, and a machine id of its own", async () => {
    expect((await machine.run("stat -fc %T /sys/fs/cgroup")).trim()).toBe("cgroup2fs");
    expect(await machine.run("swapon --show")).toBe("");
    expect(Number((await machine.run("df --output=size --block-size=G / | tail -n 1")).replace(/\D/g, ""))).toBe(20);
    expect(await machine.run("cat /etc/machine-id")).toMatch(/^[0-9a-f]{32}\n$/);
  });

  test("listens to the network with SSH alone", async () => {
    const lines = (await machine.run("ss -Hlntu")).trim().split("\n");
    const open = lines.map((line) => line.split(/\s+/)[4] ?? "").filter((at) => !/^(127\.|\[::1\])/.test(at));
    expect(open.sort()).toEqual(["0.0.0.0:22", "[::]:22"]);
  });

  test("keeps the host key that it was given nowhere but in its file", async () => {
    const [, , line = ""] = readFileSync(join(folder, "bios/host"), "utf8").split("\n");
    const found = await machine.run(`grep -rlF -e "${line}" /etc /run /var /root /home /tmp 2>/dev/null || true`);
    expect(found.trim()).toBe("/etc/ssh/ssh_host_ed25519_key");
    expect((await machine.run("ls /etc/ssh/ssh_host_*_key")).trim()).toBe("/etc/ssh/ssh_host_ed25519_key");
  });

  test("passes every check of kubeadm's before a control plane, none ignored", async () => {
    const configuration = {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: machine.address },
      nodeRegistration: { imagePullPolicy: "Never" },
    };
    await machine.run(`cat > /tmp/kubeadm.yaml <<'END'\n${stringify(configuration)}END`);
    await machine.run("modprobe -a overlay br_netfilter && sysctl -qw net.ipv4.ip_forward=1");
    const { code, stdout, stderr } = await machine.ask("kubeadm init phase preflight --config /tmp/kubeadm.yaml");
    expect(code, stdout + stderr).toBe(0);
  });

  test("has systemd's control groups in force, and its container images", async () => {
    expect(await machine.run("containerd config dump")).toMatch(/^ *SystemdCgroup = true$/m);
    const images = await machine.run("ctr --namespace k8s.io images list --quiet");
    for (const name of ["kube-apiserver", "kube-proxy", "pause", "coredns/coredns"])
      expect(images).toContain(`registry.k8s.io/${name}:`);
  });
});
