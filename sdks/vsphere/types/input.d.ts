import * as pulumi from "@pulumi/pulumi";
import * as inputs from "../types/input";
export interface GetVirtualMachineVapp {
    /**
     * A map of customizable vApp properties and their values. Allows customization of VMs cloned from OVF templates which have customizable vApp properties.
     */
    properties?: {
        [key: string]: string;
    };
}
export interface GetVirtualMachineVappArgs {
    /**
     * A map of customizable vApp properties and their values. Allows customization of VMs cloned from OVF templates which have customizable vApp properties.
     */
    properties?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
}
export interface VirtualMachineCdrom {
    /**
     * Indicates whether the device should be mapped to a remote client device
     */
    clientDevice?: pulumi.Input<boolean>;
    /**
     * The datastore ID the ISO is located on.
     */
    datastoreId?: pulumi.Input<string>;
    /**
     * The internally-computed address of this device, such as scsi:0:1, denoting scsi bus #0 and device unit 1.
     */
    deviceAddress?: pulumi.Input<string>;
    /**
     * The unique device ID for this device within its virtual machine.
     */
    key?: pulumi.Input<number>;
    /**
     * The path to the ISO file on the datastore.
     */
    path?: pulumi.Input<string>;
}
export interface VirtualMachineClone {
    /**
     * The customization spec for this clone. This allows the user to configure the virtual machine post-clone.
     */
    customize?: pulumi.Input<inputs.VirtualMachineCloneCustomize>;
    /**
     * Whether or not to create a linked clone when cloning. When this option is used, the source VM must have a single snapshot associated with it.
     */
    linkedClone?: pulumi.Input<boolean>;
    /**
     * Mapping of ovf networks to the networks to use in vSphere.
     */
    ovfNetworkMap?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * Mapping of ovf storage to the datastores to use in vSphere.
     */
    ovfStorageMap?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * The UUID of the source virtual machine or template.
     */
    templateUuid: pulumi.Input<string>;
    /**
     * The timeout, in minutes, to wait for the virtual machine clone to complete.
     */
    timeout?: pulumi.Input<number>;
}
export interface VirtualMachineCloneCustomize {
    /**
     * The list of DNS servers for a virtual network adapter with a static IP address.
     */
    dnsServerLists?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * A list of DNS search domains to add to the DNS configuration on the virtual machine.
     */
    dnsSuffixLists?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The IPv4 default gateway when using<span pulumi-lang-nodejs=" networkInterface " pulumi-lang-dotnet=" NetworkInterface " pulumi-lang-go=" networkInterface " pulumi-lang-python=" network_interface " pulumi-lang-yaml=" networkInterface " pulumi-lang-java=" networkInterface "> network_interface </span>customization on the virtual machine. This address must be local to a static IPv4 address configured in an interface sub-resource.
     */
    ipv4Gateway?: pulumi.Input<string>;
    /**
     * The IPv6 default gateway when using<span pulumi-lang-nodejs=" networkInterface " pulumi-lang-dotnet=" NetworkInterface " pulumi-lang-go=" networkInterface " pulumi-lang-python=" network_interface " pulumi-lang-yaml=" networkInterface " pulumi-lang-java=" networkInterface "> network_interface </span>customization on the virtual machine. This address must be local to a static IPv4 address configured in an interface sub-resource.
     */
    ipv6Gateway?: pulumi.Input<string>;
    /**
     * A list of configuration options specific to Linux virtual machines.
     */
    linuxOptions?: pulumi.Input<inputs.VirtualMachineCloneCustomizeLinuxOptions>;
    /**
     * A specification of network interface configuration options.
     */
    networkInterfaces?: pulumi.Input<pulumi.Input<inputs.VirtualMachineCloneCustomizeNetworkInterface>[]>;
    /**
     * The amount of time, in minutes, to wait for guest OS customization to complete before returning with an error. Setting this value to 0 or a negative value skips the waiter.
     */
    timeout?: pulumi.Input<number>;
    /**
     * A list of configuration options specific to Windows virtual machines.
     */
    windowsOptions?: pulumi.Input<inputs.VirtualMachineCloneCustomizeWindowsOptions>;
    /**
     * Use this option to specify a windows sysprep file directly.
     */
    windowsSysprepText?: pulumi.Input<string>;
}
export interface VirtualMachineCloneCustomizeLinuxOptions {
    /**
     * The FQDN for this virtual machine.
     */
    domain: pulumi.Input<string>;
    /**
     * The host name for this virtual machine.
     */
    hostName: pulumi.Input<string>;
    /**
     * Specifies whether or not the hardware clock should be in UTC or not.
     */
    hwClockUtc?: pulumi.Input<boolean>;
    /**
     * Customize the time zone on the VM. This should be a time zone-style entry, like America/Los_Angeles.
     */
    timeZone?: pulumi.Input<string>;
}
export interface VirtualMachineCloneCustomizeNetworkInterface {
    /**
     * A DNS search domain to add to the DNS configuration on the virtual machine.
     */
    dnsDomain?: pulumi.Input<string>;
    /**
     * Network-interface specific DNS settings for Windows operating systems. Ignored on Linux.
     */
    dnsServerLists?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The IPv4 address assigned to this network adapter. If left blank, DHCP is used.
     */
    ipv4Address?: pulumi.Input<string>;
    /**
     * The IPv4 CIDR netmask for the supplied IP address. Ignored if DHCP is selected.
     */
    ipv4Netmask?: pulumi.Input<number>;
    /**
     * The IPv6 address assigned to this network adapter. If left blank, default auto-configuration is used.
     */
    ipv6Address?: pulumi.Input<string>;
    /**
     * The IPv6 CIDR netmask for the supplied IP address. Ignored if auto-configuration is selected.
     */
    ipv6Netmask?: pulumi.Input<number>;
}
export interface VirtualMachineCloneCustomizeWindowsOptions {
    /**
     * The new administrator password for this virtual machine.
     */
    adminPassword?: pulumi.Input<string>;
    /**
     * Specifies whether or not the VM automatically logs on as Administrator.
     */
    autoLogon?: pulumi.Input<boolean>;
    /**
     * Specifies how many times the VM should auto-logon the Administrator account when<span pulumi-lang-nodejs=" autoLogon " pulumi-lang-dotnet=" AutoLogon " pulumi-lang-go=" autoLogon " pulumi-lang-python=" auto_logon " pulumi-lang-yaml=" autoLogon " pulumi-lang-java=" autoLogon "> auto_logon </span>is true.
     */
    autoLogonCount?: pulumi.Input<number>;
    /**
     * The host name for this virtual machine.
     */
    computerName: pulumi.Input<string>;
    /**
     * The password of the domain administrator used to join this virtual machine to the domain.
     */
    domainAdminPassword?: pulumi.Input<string>;
    /**
     * The user account of the domain administrator used to join this virtual machine to the domain.
     */
    domainAdminUser?: pulumi.Input<string>;
    /**
     * The full name of the user of this virtual machine.
     */
    fullName?: pulumi.Input<string>;
    /**
     * The domain that the virtual machine should join.
     */
    joinDomain?: pulumi.Input<string>;
    /**
     * The organization name this virtual machine is being installed for.
     */
    organizationName?: pulumi.Input<string>;
    /**
     * The product key for this virtual machine.
     */
    productKey?: pulumi.Input<string>;
    /**
     * A list of commands to run at first user logon, after guest customization.
     */
    runOnceCommandLists?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The new time zone for the virtual machine. This is a sysprep-dictated timezone code.
     */
    timeZone?: pulumi.Input<number>;
    /**
     * The workgroup for this virtual machine if not joining a domain.
     */
    workgroup?: pulumi.Input<string>;
}
export interface VirtualMachineDisk {
    /**
     * If this is true, the disk is attached instead of created. Implies keep_on_remove.
     */
    attach?: pulumi.Input<boolean>;
    /**
     * The type of controller the disk should be connected to. Must be 'scsi', 'sata', or 'ide'.
     */
    controllerType?: pulumi.Input<string>;
    /**
     * The datastore ID for this virtual disk, if different than the virtual machine.
     */
    datastoreId?: pulumi.Input<string>;
    /**
     * The internally-computed address of this device, such as scsi:0:1, denoting scsi bus #0 and device unit 1.
     */
    deviceAddress?: pulumi.Input<string>;
    /**
     * The mode of this this virtual disk for purposes of writes and snapshotting. Can be one of append, independent_nonpersistent, independent_persistent, nonpersistent, persistent, or undoable.
     */
    diskMode?: pulumi.Input<string>;
    /**
     * The sharing mode of this virtual disk. Can be one of sharingMultiWriter or sharingNone.
     */
    diskSharing?: pulumi.Input<string>;
    /**
     * The virtual disk file zeroing policy when<span pulumi-lang-nodejs=" thinProvision " pulumi-lang-dotnet=" ThinProvision " pulumi-lang-go=" thinProvision " pulumi-lang-python=" thin_provision " pulumi-lang-yaml=" thinProvision " pulumi-lang-java=" thinProvision "> thin_provision </span>is not true. The default is false, which lazily-zeros the disk, speeding up thick-provisioned disk creation time.
     */
    eagerlyScrub?: pulumi.Input<boolean>;
    /**
     * The upper limit of IOPS that this disk can use.
     */
    ioLimit?: pulumi.Input<number>;
    /**
     * The I/O guarantee that this disk has, in IOPS.
     */
    ioReservation?: pulumi.Input<number>;
    /**
     * The share count for this disk when the share level is custom.
     */
    ioShareCount?: pulumi.Input<number>;
    /**
     * The share allocation level for this disk. Can be one of low, normal, high, or custom.
     */
    ioShareLevel?: pulumi.Input<string>;
    /**
     * Set to true to keep the underlying VMDK file when removing this virtual disk from configuration.
     */
    keepOnRemove?: pulumi.Input<boolean>;
    /**
     * The unique device ID for this device within its virtual machine.
     */
    key?: pulumi.Input<number>;
    /**
     * A unique label for this disk.
     */
    label?: pulumi.Input<string>;
    /**
     * The full path of the virtual disk. This can only be provided if attach is set to true, otherwise it is a read-only value.
     */
    path?: pulumi.Input<string>;
    /**
     * The size of the disk, in GB.
     */
    size?: pulumi.Input<number>;
    /**
     * The ID of the storage policy to assign to the virtual disk in VM.
     */
    storagePolicyId?: pulumi.Input<string>;
    /**
     * If true, this disk is thin provisioned, with space for the file being allocated on an as-needed basis.
     */
    thinProvisioned?: pulumi.Input<boolean>;
    /**
     * The unique device number for this disk. This number determines where on the SCSI bus this device will be attached.
     */
    unitNumber?: pulumi.Input<number>;
    /**
     * The UUID of the virtual disk.
     */
    uuid?: pulumi.Input<string>;
    /**
     * If true, writes for this disk are sent directly to the filesystem immediately instead of being buffered.
     */
    writeThrough?: pulumi.Input<boolean>;
}
export interface VirtualMachineNetworkInterface {
    /**
     * The controller type. Can be one of e1000, e1000e, or vmxnet3.
     */
    adapterType?: pulumi.Input<string>;
    /**
     * The upper bandwidth limit of this network interface, in Mbits/sec.
     */
    bandwidthLimit?: pulumi.Input<number>;
    /**
     * The bandwidth reservation of this network interface, in Mbits/sec.
     */
    bandwidthReservation?: pulumi.Input<number>;
    /**
     * The share count for this network interface when the share level is custom.
     */
    bandwidthShareCount?: pulumi.Input<number>;
    /**
     * The bandwidth share allocation level for this interface. Can be one of low, normal, high, or custom.
     */
    bandwidthShareLevel?: pulumi.Input<string>;
    /**
     * The internally-computed address of this device, such as scsi:0:1, denoting scsi bus #0 and device unit 1.
     */
    deviceAddress?: pulumi.Input<string>;
    /**
     * The unique device ID for this device within its virtual machine.
     */
    key?: pulumi.Input<number>;
    /**
     * The MAC address of this network interface. Can only be manually set if<span pulumi-lang-nodejs=" useStaticMac " pulumi-lang-dotnet=" UseStaticMac " pulumi-lang-go=" useStaticMac " pulumi-lang-python=" use_static_mac " pulumi-lang-yaml=" useStaticMac " pulumi-lang-java=" useStaticMac "> use_static_mac </span>is true.
     */
    macAddress?: pulumi.Input<string>;
    /**
     * The ID of the network to connect this network interface to.
     */
    networkId: pulumi.Input<string>;
    /**
     * Mapping of network interface to OVF network.
     */
    ovfMapping?: pulumi.Input<string>;
    /**
     * If true, the<span pulumi-lang-nodejs=" macAddress " pulumi-lang-dotnet=" MacAddress " pulumi-lang-go=" macAddress " pulumi-lang-python=" mac_address " pulumi-lang-yaml=" macAddress " pulumi-lang-java=" macAddress "> mac_address </span>field is treated as a static MAC address and set accordingly.
     */
    useStaticMac?: pulumi.Input<boolean>;
}
export interface VirtualMachineOvfDeploy {
    /**
     * Allow unverified ssl certificates while deploying ovf/ova from url.
     */
    allowUnverifiedSslCert?: pulumi.Input<boolean>;
    /**
     * The Deployment option to be chosen. If empty, the default option is used.
     */
    deploymentOption?: pulumi.Input<string>;
    /**
     * An optional disk provisioning. If set, all the disks in the deployed ovf will have the same specified disk type (e.g., thin provisioned).
     */
    diskProvisioning?: pulumi.Input<string>;
    /**
     * The IP allocation policy.
     */
    ipAllocationPolicy?: pulumi.Input<string>;
    /**
     * The IP protocol.
     */
    ipProtocol?: pulumi.Input<string>;
    /**
     * The absolute path to the ovf/ova file in the local system.
     */
    localOvfPath?: pulumi.Input<string>;
    /**
     * The mapping of name of network identifiers from the ovf descriptor to network UUID in the VI infrastructure.
     */
    ovfNetworkMap?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * URL to the remote ovf/ova file to be deployed.
     */
    remoteOvfUrl?: pulumi.Input<string>;
}
export interface VirtualMachineVapp {
    /**
     * A map of customizable vApp properties and their values. Allows customization of VMs cloned from OVF templates which have customizable vApp properties.
     */
    properties?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
}
