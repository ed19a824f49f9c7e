import { vcenterOf } from "../../site/description/hypervisors";
import { isStore } from "../../site/description/stores";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { pagePath } from "../output/page";

/** The commands of one site's runbook, as a person types them into bash. */
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

  /** Fetches what opens the site out of the state, and writes down the words that the other commands are made of; once. */
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
      ...this.logins(),
      "END",
      `cat > ${this.folder}/words <<'END'`,
      ...this.words(),
      "END",
    ].join("\n");
  }

  /** What every new terminal needs. */
  environment(): string {
    return `. ${this.folder}/words`;
  }

  /** A command as root on a machine. */
  on(machine: string, command: string): string {
    return `on ${machine} ${command}`;
  }

  /** etcdctl on a member, towards some members of its store. */
  etcdctl(at: string, members: readonly MachinePlan[], command: string): string {
    return this.on(
      at,
      `etcdctl $ETCD --endpoints ${members.map(({ address }) => `https://${address}:2379`)} ${command}`,
    );
  }

  /** Says of each machine whether it does its work, and succeeds if all do. */
  works(machines: string): string {
    return `works ${machines}`;
  }

  power(switched: "on" | "off" | "reset", machines: string): string {
    return `govc vm.power -${switched} -force ${machines}`;
  }

  /** Gives up machines that are gone, in vCenter and in the state. */
  giveUp(machines: string): string {
    return `npx groundwork recover --stack ${this.stack}${this.config} --gone ${machines} --yes`;
  }

  /** Brings back what the description says and vCenter has no more. */
  remake(): string[] {
    return [
      this.pulumi("refresh --yes --skip-preview"),
      this.pulumi("preview"),
      this.pulumi("up --yes --skip-preview"),
    ];
  }

  /** Waits until machines do their work again; ends at once if they do. */
  wait(machines: string): string {
    return `until works ${machines}; do sleep 5; done`;
  }

  /** ssh's configuration: every machine by its name. */
  private logins(): string[] {
    return [
      ...this.plan.machines.flatMap(({ name, address, existing }) => [
        `Host ${name}`,
        `  HostName ${address}`,
        ...(existing ? [`  User ${existing.user}`] : []),
      ]),
      "Host *",
      "  User groundwork",
      `  IdentityFile ${this.folder}/key`,
      `  UserKnownHostsFile ${this.folder}/known_hosts`,
      "  IdentitiesOnly yes",
      "  StrictHostKeyChecking yes",
      "  ConnectTimeout 10",
      "  LogLevel ERROR",
    ];
  }

  private words(): string[] {
    const vcenter = vcenterOf(this.plan.spec.hypervisor);
    const pki = "/etc/etcd/pki";
    const named = (is: (role: MachinePlan["role"]) => boolean) =>
      this.plan.machines.filter(({ role }) => is(role)).map(({ name }) => name);
    const work = [
      [named(isStore), `on "$1" etcdctl $ETCD --endpoints "https://$(address "$1"):2379" endpoint health`],
      [named((role) => role === "load-balancer"), `on "$1" systemctl is-active haproxy keepalived`],
      [
        named((role) => role === "control-plane"),
        `kubectl --server="https://$(address "$1"):6443" --request-timeout=10s get --raw=/readyz && ready "$1"`,
      ],
      [named((role) => role === "worker"), `on "$1" systemctl is-active kubelet containerd && ready "$1"`],
    ] as const;
    return [
      `export KUBECONFIG=${this.folder}/kubeconfig`,
      ...(vcenter ? [`export GOVC_URL=https://${vcenter.server} GOVC_DATACENTER=${quoted(vcenter.datacenter)}`] : []),
      ...(vcenter?.allowUnverifiedSsl ? ["export GOVC_INSECURE=1"] : []),
      `ALL="${this.plan.machines.map(({ name }) => name).join(" ")}"`,
      `ETCD="--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key"`,
      "# A command as root on a machine:  on MACHINE COMMAND",
      `on() { local machine=$1; shift; ssh -F ${this.folder}/ssh "$machine" sudo "$@"; }`,
      `address() { ssh -G -F ${this.folder}/ssh "$1" | sed -n 's/^hostname //p'; }`,
      'ready() { kubectl wait --for=condition=Ready --timeout=10s "node/$1"; }',
      "work() { case $1 in",
      ...work.flatMap(([names, command]) => (names.length > 0 ? [`  ${names.join("|")})`, `    ${command} ;;`] : [])),
      "  *) echo no such machine; false ;;",
      "esac; }",
      "# Whether machines do their work:  works MACHINE…",
      "works() { local fails=0 machine",
      '  for machine in "$@"; do echo "$machine:"; work "$machine" || { echo "  does NOT work"; fails=1; }; done',
      "  return $fails; }",
      ...(vcenter
        ? [
            "# Deletes from vCenter what is left of machines:  discard MACHINE…",
            'discard() { local machine; for machine in "$@"; do',
            '  if [ -n "$(govc find -type m / -name "$machine")" ]; then govc vm.destroy "$machine" || govc vm.unregister "$machine"; fi',
            "done; }",
            "# Whether vCenter cannot read a machine's files:  unreadable MACHINE",
            'unreadable() { [ -n "$(govc find -type m / -name "$1" -runtime.connectionState inaccessible)" ]; }',
          ]
        : []),
    ];
  }
}

/** As one word of a shell; bare where that is the same. */
export function quoted(text: string): string {
  return /^[-\w./:=,@]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
