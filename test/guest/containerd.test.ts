import { afterAll, beforeAll, expect, test } from "vitest";
import { loadMachineImage } from "../../lab/guest/machine-image";
import { shell } from "../../site/render/shell";
import { Guest } from "./guest";

// What a node asks of its containerd before kubeadm has its turn, with the program itself: what is in force, not what a file says.

const file = "/etc/containerd/config.toml";
let guest: Guest;
let own = "";

beforeAll(async () => {
  guest = await Guest.start(await loadMachineImage(), {});
  await guest.booted();
  own = guest.run("cat", file);
});

afterAll(() => guest?.remove());

interface Asked {
  configuration?: string;
  driver?: string;
  sandbox?: string;
}

/** What a node says that has this configuration; empty where nothing is wrong. */
function told({ configuration = own, driver = "cgroupfs", sandbox = "registry.k8s.io/pause:3.10.2" }: Asked): string {
  const program = [
    "set -euo pipefail",
    'fail() { echo "$*"; exit 0; }',
    `CGROUP_DRIVER=${driver} SANDBOX_IMAGE=${sandbox}`,
    shell("node"),
    `cat > ${file} <<'END'\n${configuration}\nEND`,
    "runtime_in_force",
  ];
  return guest.run("bash", "-c", program.join("\n")).trim();
}

const options = (section: string, version: number) =>
  `version = ${version}\n[plugins."${section}".containerd.runtimes.runc.options]\nSystemdCgroup = true`;
const [old, current] = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"];

test("the machine image's own configuration is in force", () => {
  expect(told({})).toBe("");
});

test.each([
  ["of format 2", options(old, 2)],
  ["of format 3", options(current, 3)],
  ["of format 3, in the section of format 2", options(old, 3)],
  ["of format 4", options(current, 4)],
])("systemd's control groups %s are in force", (_, configuration) => {
  expect(told({ configuration, driver: "systemd" })).toBe("");
});

test.each([
  ["nobody asked for", undefined],
  ["the file asks for, in the section of an older format", options(old, 4)],
])("control groups that %s are refused", (_, configuration) => {
  expect(told({ configuration, driver: "systemd" })).toMatch(
    /^SystemdCgroup is not in force in containerd, .*config dump/,
  );
});

test("a containerd that serves no kubelet is refused, as Docker's package leaves it", () => {
  expect(told({ configuration: 'disabled_plugins = ["cri"]' })).toMatch(
    /take cri out of disabled_plugins there and restart/,
  );
});

test("a place of pods' volumes where no program runs is told, and no other", () => {
  const place = () =>
    guest.run("bash", "-c", `set -euo pipefail\nsay() { echo "$*"; }\n${shell("node")}\nruns_programs`);
  expect(place()).toBe("");
  guest.run("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", "/var/lib/kubelet");
  try {
    expect(place()).toMatch(/^\/var\/lib\/kubelet is mounted noexec: .*; mount it with exec\n$/);
  } finally {
    guest.run("umount", "/var/lib/kubelet");
  }
});

test("a configuration that containerd cannot read is refused", () => {
  expect(told({ configuration: "version =" })).toBe(
    `containerd does not read ${file}; see what \`containerd config dump\` says`,
  );
});

test("pods may start from another image than the site's where the machine holds it", () => {
  const sandbox = "harbor.example/k8s/pause:3.10.2";
  expect(told({ sandbox })).toBe("");
  const configuration = own.replace("registry.k8s.io/pause", "registry.example/pause");
  expect(told({ configuration, sandbox })).toMatch(
    /^containerd starts pods from registry\.example\/pause:3\.10\.2, which .*; set harbor\.example\/k8s\/pause:3\.10\.2 as its sandbox image/,
  );
  expect(told({ configuration: configuration.replace("registry.example", "harbor.example/k8s"), sandbox })).toBe("");
});
