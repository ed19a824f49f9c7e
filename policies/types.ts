import { capabilitiesOf } from "../site/description/hypervisors";

/** The tokens of the resources that policies read. */
export const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";
export const antiAffinityRule = "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule";
export const virtualMachineGroup = "vsphere:index/computeClusterVmGroup:ComputeClusterVmGroup";
export const hostGroup = "vsphere:index/computeClusterHostGroup:ComputeClusterHostGroup";
export const hostRule = "vsphere:index/computeClusterVmHostRule:ComputeClusterVmHostRule";
export const selfSignedCertificate = "tls:index/selfSignedCert:SelfSignedCert";
export const signedCertificate = "tls:index/locallySignedCert:LocallySignedCert";
export const vmfsDatastore = "vsphere:index/vmfsDatastore:VmfsDatastore";
export const privateKey = "tls:index/privateKey:PrivateKey";
export const site = "groundwork:index:Site";
export const datacenter = "groundwork:index:Datacenter";
export const vsphereMachine = capabilitiesOf("vsphere").machineType;

/** What the rules of a site read. */
export const ofSites: ReadonlySet<string> = new Set([
  site,
  datacenter,
  vsphereMachine,
  virtualMachine,
  antiAffinityRule,
  hostRule,
  hostGroup,
  virtualMachineGroup,
  vmfsDatastore,
]);

/** Whether a site's machines are judged again before a resource of the type is made. */
export function isMade(type: string): boolean {
  return type === site || type === virtualMachine;
}
