import { secret } from "../../support/demoStack";
import { it, type ObjectBreakage, object, pem, remote } from "./resources";

const withUserdata = (userdata: string) =>
  it("vsphere:index/virtualMachine:VirtualMachine", { extraConfig: secret({ "guestinfo.userdata": userdata }) });

export const accessBreakages: ObjectBreakage[] = [
  {
    rule: "ssh-host-keys-pinned",
    sound: [remote({})],
    broken: [remote({ connection: { host: "10.42.0.10", user: "root" } })],
    says: "it: connection has no hostKey, so whoever answers at 10.42.0.10 is believed; set connection.hostKey to the machine's public SSH host key",
  },
  {
    rule: "no-private-keys-in-commands",
    sound: [remote({ stdin: secret(pem) })],
    broken: [remote({ create: secret(`echo '${pem}'`) })],
    says: "it: create holds a private key (EC PRIVATE KEY), which process lists, logs and diffs show; pass it in stdin",
  },
  {
    rule: "no-private-keys-in-guestinfo",
    sound: [withUserdata("#cloud-config\nhostname: it\n")],
    broken: [withUserdata(pem)],
    says: 'it: extraConfig["guestinfo.userdata"] holds a private key (EC PRIVATE KEY); send it over the pinned SSH connection once the machine runs; only ssh_keys of its cloud-config may be here',
  },
  {
    rule: "secrets-marked",
    sound: [remote({ stdin: secret(pem) })],
    broken: [remote({ stdin: pem })],
    says: "it: stdin holds a private key (EC PRIVATE KEY) that is no Pulumi secret; wrap it in pulumi.secret()",
  },
  {
    rule: "secrets-marked",
    sound: [object("Secret", { stringData: secret({ password: "s3cret" }) })],
    broken: [object("Secret", { stringData: { password: "s3cret" } })],
    says: "it: stringData.password holds a value of a Secret that is no Pulumi secret; wrap it in pulumi.secret()",
  },
  {
    rule: "vcenter-verified",
    sound: [it("pulumi:providers:vsphere", {})],
    broken: [it("pulumi:providers:vsphere", { allowUnverifiedSsl: "true" })],
    says: "it: whoever answers at vCenter's address gets the user and password; trust vCenter's authority on this machine and leave allowUnverifiedSsl out",
  },
];
