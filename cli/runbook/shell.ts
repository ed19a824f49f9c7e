import { vcenterOf } from "../../site/description/hypervisors";
import { isStore } from "../../site/description/stores";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { pagePath } from "../output/page";

/** The commands of one site's runbook, as a person types them. */
export class Shell {
  /** Where the runbook's reader keeps what opens the site. */
  readonly folder: string;

  constructor(
    readonly plan: SitePlan,
    readonly stack: string,
    /** Of a stack whose description lies elsewhere than Pulumi looks for it. */
    private readonly configFile?: string,
  ) {
    this.folder = `~/runbook-${stack}`;
  }

  /** Whether there is a vCenter that commands speak to. */
  get vcenter(): boolean {
    return vcenterOf(this.plan.spec.hypervisor) !== undefined;
  }

  /** What names the description, where Pulumi does not look for it by itself. */
  get config(): string {
    return this.configFile ? ` --config-file ${quoted(this.configFile)}` : "";
  }

  pulumi(command: string): string {
    return `pulumi ${command} --stack ${this.stack}${command.startsWith("stack ") ? "" : this.config}`;
  }

  /** Asks who the reader is. Never run by anything but a person. */
  credentials(): string {
    const lines = [
      `export PULUMI_BACKEND_URL=…   # where the state is kept; see ${pagePath("real-site.md")}`,
      "read -rsp 'Passphrase of the state: ' PULUMI_CONFIG_PASSPHRASE; export PULUMI_CONFIG_PASSPHRASE",
    ];
    if (this.vcenter)
      lines.push(
        "read -rp 'vCenter user: ' VSPHERE_USER; export VSPHERE_USER GOVC_USERNAME=$VSPHERE_USER",
        "read -rsp 'vCenter password: ' VSPHERE_PASSWORD; export VSPHERE_PASSWORD GOVC_PASSWORD=$VSPHERE_PASSWORD",
      );
    return lines.join("\n");
  }

  /** Fetches what opens the site out of the state, once. */
  access(): string {
    const output = (name: string, file: string, flags = "") =>
      `pulumi stack output ${name}${flags} --stack ${this.stack} > ${this.folder}/${file}`;
    return [
      "umask 077",
      `mkdir -p ${this.folder}`,
      output("kubeconfig", "kubeconfig", " --show-secrets"),
      output("sshPrivateKey", "key", " --show-secrets"),
      output("sshKnownHosts", "known_hosts"),
      `cat > ${this.folder}/ssh <<'END'`,
      ...this.plan.machines.flatMap(({ name, address, existing }) => [
        `Host ${name}`,
        `  HostName ${address}`,
        `  User ${existing?.user ?? "groundwork"}`,
      ]),
      "Host *",
      `  IdentityFile ${this.folder}/key`,
      `  UserKnownHostsFile ${this.folder}/known_hosts`,
      "  IdentitiesOnly yes",
      "  StrictHostKeyChecking yes",
      "  ConnectTimeout 10",
      "  LogLevel ERROR",
      "END",
    ].join("\n");
  }

  /** What every new terminal needs. */
  environment(): string {
    const vcenter = vcenterOf(this.plan.spec.hypervisor);
    const lines = [`export KUBECONFIG=${this.folder}/kubeconfig`];
    if (vcenter) {
      lines.push(`export GOVC_URL=https://${vcenter.server} GOVC_DATACENTER=${quoted(vcenter.datacenter)}`);
      if (vcenter.allowUnverifiedSsl) lines.push("export GOVC_INSECURE=1");
    }
    return lines.join("\n");
  }

  /** A command as root on a machine. */
  on(machine: Pick<MachinePlan, "name">, command: string): string {
    return `ssh -F ${this.folder}/ssh ${machine.name} ${quoted(`sudo ${command}`)}`;
  }

  /** etcdctl on a member, towards some members of its store. */
  etcdctl(at: MachinePlan, members: readonly MachinePlan[], command: string): string {
    const pki = "/etc/etcd/pki";
    const access = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
    const endpoints = members.map(({ address }) => `https://${address}:2379`).join(",");
    return this.on(at, `etcdctl --endpoints ${endpoints} ${access} ${command}`);
  }

  power(switched: "on" | "off" | "reset", machines: readonly { name: string }[]): string {
    return `govc vm.power -${switched} -force ${machines.map(({ name }) => name).join(" ")}`;
  }

  /**
   * Deletes what vCenter still lists of machines whose disks are gone; one that it does not list is no error. One whose files or host
   * it no longer reaches it cannot destroy, only forget.
   */
  discard(machines: readonly { name: string }[]): string {
    const names = machines.map(({ name }) => name).join(" ");
    return [
      `for machine in ${names}; do`,
      '  if [ -n "$(govc find -type m / -name "$machine")" ]; then govc vm.destroy "$machine" || govc vm.unregister "$machine"; fi',
      "done",
    ].join("\n");
  }

  /** Brings back what the description says and vCenter has no more. */
  remake(): string[] {
    return [
      this.pulumi("refresh --yes --skip-preview"),
      this.pulumi("preview"),
      this.pulumi("up --yes --skip-preview"),
    ];
  }

  /** Waits until machines do their work again; ends at once if they do. One command for each kind of them. */
  wait(machines: readonly MachinePlan[]): string[] {
    const nodes = machines.filter(({ role }) => role === "worker" || role === "control-plane");
    const others = machines.filter((machine) => !nodes.includes(machine));
    return [
      ...others.map((machine) => patiently(this.works(machine))),
      ...nodes.map((machine) => patiently(this.works(machine))),
      ...(nodes.length === 0
        ? []
        : [
            patiently(
              `kubectl wait --for=condition=Ready --timeout=30s ${nodes.map((n) => `node/${n.name}`).join(" ")}`,
            ),
          ]),
    ];
  }

  /** Succeeds if a machine does its work. */
  works(machine: MachinePlan): string {
    if (isStore(machine.role)) return this.etcdctl(machine, [machine], "endpoint health");
    if (machine.role === "load-balancer") return this.on(machine, "systemctl is-active haproxy keepalived");
    if (machine.role === "control-plane")
      return `kubectl --server=https://${machine.address}:6443 --request-timeout=10s get --raw=/readyz`;
    return this.on(machine, "systemctl is-active kubelet containerd");
  }
}

/** Asks every five seconds until it is so. */
function patiently(command: string): string {
  return `until ${command}; do sleep 5; done`;
}

/** As one word of a shell; bare where that is the same. */
export function quoted(text: string): string {
  return /^[-\w./:=,@]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
