import * as pulumi from "@pulumi/pulumi";
import * as inputs from "./types/input";
import * as outputs from "./types/output";
export declare class VirtualMachine extends pulumi.CustomResource {
    /**
     * Get an existing VirtualMachine resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: VirtualMachineState, opts?: pulumi.CustomResourceOptions): VirtualMachine;
    /**
     * Returns true if the given object is an instance of VirtualMachine.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is VirtualMachine;
    /**
     * The guest name for the operating system when<span pulumi-lang-nodejs=" guestId " pulumi-lang-dotnet=" GuestId " pulumi-lang-go=" guestId " pulumi-lang-python=" guest_id " pulumi-lang-yaml=" guestId " pulumi-lang-java=" guestId "> guest_id </span>is other or other-64.
     */
    readonly alternateGuestName: pulumi.Output<string | undefined>;
    /**
     * User-provided description of the virtual machine.
     */
    readonly annotation: pulumi.Output<string | undefined>;
    /**
     * The number of milliseconds to wait before starting the boot sequence.
     */
    readonly bootDelay: pulumi.Output<number | undefined>;
    /**
     * The number of milliseconds to wait before retrying the boot sequence. This only valid if<span pulumi-lang-nodejs=" bootRetryEnabled " pulumi-lang-dotnet=" BootRetryEnabled " pulumi-lang-go=" bootRetryEnabled " pulumi-lang-python=" boot_retry_enabled " pulumi-lang-yaml=" bootRetryEnabled " pulumi-lang-java=" bootRetryEnabled "> boot_retry_enabled </span>is true.
     */
    readonly bootRetryDelay: pulumi.Output<number | undefined>;
    /**
     * If set to true, a virtual machine that fails to boot will try again after the delay defined in boot_retry_delay.
     */
    readonly bootRetryEnabled: pulumi.Output<boolean | undefined>;
    /**
     * A specification for a CDROM device on this virtual machine.
     */
    readonly cdroms: pulumi.Output<outputs.VirtualMachineCdrom[] | undefined>;
    /**
     * A unique identifier for a given version of the last configuration applied, such the timestamp of the last update to the configuration.
     */
    readonly changeVersion: pulumi.Output<string>;
    /**
     * A specification for cloning a virtual machine from template.
     */
    readonly clone: pulumi.Output<outputs.VirtualMachineClone | undefined>;
    /**
     * Allow CPUs to be added to this virtual machine while it is running.
     */
    readonly cpuHotAddEnabled: pulumi.Output<boolean | undefined>;
    /**
     * Allow CPUs to be added to this virtual machine while it is running.
     */
    readonly cpuHotRemoveEnabled: pulumi.Output<boolean | undefined>;
    /**
     * The maximum amount of memory (in MB) or CPU (in MHz) that this virtual machine can consume, regardless of available resources.%!(EXTRA string=cpu)
     */
    readonly cpuLimit: pulumi.Output<number | undefined>;
    /**
     * Enable CPU performance counters on this virtual machine.
     */
    readonly cpuPerformanceCountersEnabled: pulumi.Output<boolean | undefined>;
    /**
     * The amount of memory (in MB) or CPU (in MHz) that this virtual machine is guaranteed.%!(EXTRA string=cpu)
     */
    readonly cpuReservation: pulumi.Output<number | undefined>;
    /**
     * The amount of shares to allocate to cpu for a custom share level.
     */
    readonly cpuShareCount: pulumi.Output<number>;
    /**
     * The allocation level for cpu resources. Can be one of high, low, normal, or custom.
     */
    readonly cpuShareLevel: pulumi.Output<string | undefined>;
    /**
     * A list of custom attributes to set on this resource.
     */
    readonly customAttributes: pulumi.Output<{
        [key: string]: string;
    } | undefined>;
    /**
     * The ID of the datacenter where the VM is to be created.
     */
    readonly datacenterId: pulumi.Output<string | undefined>;
    /**
     * The ID of a datastore cluster to put the virtual machine in.
     */
    readonly datastoreClusterId: pulumi.Output<string | undefined>;
    /**
     * The ID of the virtual machine's datastore. The virtual machine configuration is placed here, along with any virtual disks that are created without datastores.
     */
    readonly datastoreId: pulumi.Output<string>;
    /**
     * The IP address selected by Terraform to be used for the provisioner.
     */
    readonly defaultIpAddress: pulumi.Output<string>;
    /**
     * A specification for a virtual disk device on this virtual machine.
     */
    readonly disks: pulumi.Output<outputs.VirtualMachineDisk[]>;
    /**
     * When the boot type set in firmware is efi, this enables EFI secure boot.
     */
    readonly efiSecureBootEnabled: pulumi.Output<boolean | undefined>;
    /**
     * Expose the UUIDs of attached virtual disks to the virtual machine, allowing access to them in the guest.
     */
    readonly enableDiskUuid: pulumi.Output<boolean | undefined>;
    /**
     * Enable logging on this virtual machine.
     */
    readonly enableLogging: pulumi.Output<boolean | undefined>;
    /**
     * The EPT/RVI (hardware memory virtualization) setting for this virtual machine. Can be one of automatic, on, or off.
     */
    readonly eptRviMode: pulumi.Output<string | undefined>;
    /**
     * Extra configuration data for this virtual machine. Can be used to supply advanced parameters not normally in configuration, such as instance metadata, or configuration data for OVF images.
     */
    readonly extraConfig: pulumi.Output<{
        [key: string]: string;
    } | undefined>;
    /**
     * The firmware interface to use on the virtual machine. Can be one of bios or EFI.
     */
    readonly firmware: pulumi.Output<string | undefined>;
    /**
     * The name of the folder to locate the virtual machine in.
     */
    readonly folder: pulumi.Output<string | undefined>;
    /**
     * Set to true to force power-off a virtual machine if a graceful guest shutdown failed for a necessary operation.
     */
    readonly forcePowerOff: pulumi.Output<boolean | undefined>;
    /**
     * The guest ID for the operating system.
     */
    readonly guestId: pulumi.Output<string>;
    /**
     * The current list of IP addresses on this virtual machine.
     */
    readonly guestIpAddresses: pulumi.Output<string[]>;
    /**
     * The hardware version for the virtual machine.
     */
    readonly hardwareVersion: pulumi.Output<number>;
    /**
     * The ID of an optional host system to pin the virtual machine to.
     */
    readonly hostSystemId: pulumi.Output<string>;
    /**
     * The (non-nested) hardware virtualization setting for this virtual machine. Can be one of hvAuto, hvOn, or hvOff.
     */
    readonly hvMode: pulumi.Output<string | undefined>;
    /**
     * The number of IDE controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    readonly ideControllerCount: pulumi.Output<number | undefined>;
    /**
     * List of IP addresses and CIDR networks to ignore while waiting for an IP
     */
    readonly ignoredGuestIps: pulumi.Output<string[] | undefined>;
    /**
     * A flag internal to Terraform that indicates that this resource was either imported or came from a earlier major version of this resource. Reset after the first post-import or post-upgrade apply.
     */
    readonly imported: pulumi.Output<boolean>;
    /**
     * Controls the scheduling delay of the virtual machine. Use a higher sensitivity for applications that require lower latency, such as VOIP, media player applications, or applications that require frequent access to mouse or keyboard devices. Can be one of low, normal, medium, or high.
     */
    readonly latencySensitivity: pulumi.Output<string | undefined>;
    /**
     * The size of the virtual machine's memory, in MB.
     */
    readonly memory: pulumi.Output<number | undefined>;
    /**
     * Allow memory to be added to this virtual machine while it is running.
     */
    readonly memoryHotAddEnabled: pulumi.Output<boolean | undefined>;
    /**
     * The maximum amount of memory (in MB) or CPU (in MHz) that this virtual machine can consume, regardless of available resources.%!(EXTRA string=memory)
     */
    readonly memoryLimit: pulumi.Output<number | undefined>;
    /**
     * The amount of memory (in MB) or CPU (in MHz) that this virtual machine is guaranteed.%!(EXTRA string=memory)
     */
    readonly memoryReservation: pulumi.Output<number | undefined>;
    /**
     * The amount of shares to allocate to memory for a custom share level.
     */
    readonly memoryShareCount: pulumi.Output<number>;
    /**
     * The allocation level for memory resources. Can be one of high, low, normal, or custom.
     */
    readonly memoryShareLevel: pulumi.Output<string | undefined>;
    /**
     * The amount of time, in minutes, to wait for a vMotion operation to complete before failing.
     */
    readonly migrateWaitTimeout: pulumi.Output<number | undefined>;
    /**
     * The machine object ID from VMWare
     */
    readonly moid: pulumi.Output<string>;
    /**
     * The name of this virtual machine.
     */
    readonly name: pulumi.Output<string>;
    /**
     * Enable nested hardware virtualization on this virtual machine, facilitating nested virtualization in the guest.
     */
    readonly nestedHvEnabled: pulumi.Output<boolean | undefined>;
    /**
     * A specification for a virtual NIC on this virtual machine.
     */
    readonly networkInterfaces: pulumi.Output<outputs.VirtualMachineNetworkInterface[] | undefined>;
    /**
     * The number of cores to distribute amongst the CPUs in this virtual machine. If specified, the value supplied to<span pulumi-lang-nodejs=" numCpus " pulumi-lang-dotnet=" NumCpus " pulumi-lang-go=" numCpus " pulumi-lang-python=" num_cpus " pulumi-lang-yaml=" numCpus " pulumi-lang-java=" numCpus "> num_cpus </span>must be evenly divisible by this value.
     */
    readonly numCoresPerSocket: pulumi.Output<number | undefined>;
    /**
     * The number of virtual processors to assign to this virtual machine.
     */
    readonly numCpus: pulumi.Output<number | undefined>;
    /**
     * A specification for deploying a virtual machine from ovf/ova template.
     */
    readonly ovfDeploy: pulumi.Output<outputs.VirtualMachineOvfDeploy | undefined>;
    /**
     * A list of PCI passthrough devices
     */
    readonly pciDeviceIds: pulumi.Output<string[] | undefined>;
    /**
     * The amount of time, in seconds, that we will be trying to power on a VM
     */
    readonly poweronTimeout: pulumi.Output<number | undefined>;
    /**
     * Value internal to Terraform used to determine if a configuration set change requires a reboot.
     */
    readonly rebootRequired: pulumi.Output<boolean>;
    /**
     * The ID of a resource pool to put the virtual machine in.
     */
    readonly resourcePoolId: pulumi.Output<string>;
    /**
     * Enable the execution of post-power-on scripts when VMware tools is installed.
     */
    readonly runToolsScriptsAfterPowerOn: pulumi.Output<boolean | undefined>;
    /**
     * Enable the execution of post-resume scripts when VMware tools is installed.
     */
    readonly runToolsScriptsAfterResume: pulumi.Output<boolean | undefined>;
    /**
     * Enable the execution of pre-reboot scripts when VMware tools is installed.
     */
    readonly runToolsScriptsBeforeGuestReboot: pulumi.Output<boolean | undefined>;
    /**
     * Enable the execution of pre-shutdown scripts when VMware tools is installed.
     */
    readonly runToolsScriptsBeforeGuestShutdown: pulumi.Output<boolean | undefined>;
    /**
     * Enable the execution of pre-standby scripts when VMware tools is installed.
     */
    readonly runToolsScriptsBeforeGuestStandby: pulumi.Output<boolean | undefined>;
    /**
     * The number of SATA controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    readonly sataControllerCount: pulumi.Output<number | undefined>;
    /**
     * Mode for sharing the SCSI bus. The modes are physicalSharing, virtualSharing, and noSharing.
     */
    readonly scsiBusSharing: pulumi.Output<string | undefined>;
    /**
     * The number of SCSI controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    readonly scsiControllerCount: pulumi.Output<number | undefined>;
    /**
     * The type of SCSI bus this virtual machine will have. Can be one of lsilogic, lsilogic-sas or pvscsi.
     */
    readonly scsiType: pulumi.Output<string | undefined>;
    /**
     * The amount of time, in minutes, to wait for shutdown when making necessary updates to the virtual machine.
     */
    readonly shutdownWaitTimeout: pulumi.Output<number | undefined>;
    /**
     * The ID of the storage policy to assign to the virtual machine home directory.
     */
    readonly storagePolicyId: pulumi.Output<string>;
    /**
     * The swap file placement policy for this virtual machine. Can be one of inherit, hostLocal, or vmDirectory.
     */
    readonly swapPlacementPolicy: pulumi.Output<string | undefined>;
    /**
     * Enable guest clock synchronization with the host. Requires VMware tools to be installed.
     */
    readonly syncTimeWithHost: pulumi.Output<boolean | undefined>;
    /**
     * A list of tag IDs to apply to this object.
     */
    readonly tags: pulumi.Output<string[] | undefined>;
    /**
     * The UUID of the virtual machine. Also exposed as the ID of the resource.
     */
    readonly uuid: pulumi.Output<string>;
    /**
     * vApp configuration data for this virtual machine. Can be used to provide configuration data for OVF images.
     */
    readonly vapp: pulumi.Output<outputs.VirtualMachineVapp | undefined>;
    /**
     * vApp transport methods supported by virtual machine.
     */
    readonly vappTransports: pulumi.Output<string[]>;
    /**
     * The state of VMware tools in the guest. This will determine the proper course of action for some device operations.
     */
    readonly vmwareToolsStatus: pulumi.Output<string>;
    /**
     * The path of the virtual machine's configuration file in the VM's datastore.
     */
    readonly vmxPath: pulumi.Output<string>;
    /**
     * The amount of time, in minutes, to wait for an available IP address on this virtual machine. A value less than 1 disables the waiter.
     */
    readonly waitForGuestIpTimeout: pulumi.Output<number | undefined>;
    /**
     * Controls whether or not the guest network waiter waits for a routable address. When false, the waiter does not wait for a default gateway, nor are IP addresses checked against any discovered default gateways as part of its success criteria.
     */
    readonly waitForGuestNetRoutable: pulumi.Output<boolean | undefined>;
    /**
     * The amount of time, in minutes, to wait for an available IP address on this virtual machine. A value less than 1 disables the waiter.
     */
    readonly waitForGuestNetTimeout: pulumi.Output<number | undefined>;
    /**
     * Create a VirtualMachine resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: VirtualMachineArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering VirtualMachine resources.
 */
export interface VirtualMachineState {
    /**
     * The guest name for the operating system when<span pulumi-lang-nodejs=" guestId " pulumi-lang-dotnet=" GuestId " pulumi-lang-go=" guestId " pulumi-lang-python=" guest_id " pulumi-lang-yaml=" guestId " pulumi-lang-java=" guestId "> guest_id </span>is other or other-64.
     */
    alternateGuestName?: pulumi.Input<string>;
    /**
     * User-provided description of the virtual machine.
     */
    annotation?: pulumi.Input<string>;
    /**
     * The number of milliseconds to wait before starting the boot sequence.
     */
    bootDelay?: pulumi.Input<number>;
    /**
     * The number of milliseconds to wait before retrying the boot sequence. This only valid if<span pulumi-lang-nodejs=" bootRetryEnabled " pulumi-lang-dotnet=" BootRetryEnabled " pulumi-lang-go=" bootRetryEnabled " pulumi-lang-python=" boot_retry_enabled " pulumi-lang-yaml=" bootRetryEnabled " pulumi-lang-java=" bootRetryEnabled "> boot_retry_enabled </span>is true.
     */
    bootRetryDelay?: pulumi.Input<number>;
    /**
     * If set to true, a virtual machine that fails to boot will try again after the delay defined in boot_retry_delay.
     */
    bootRetryEnabled?: pulumi.Input<boolean>;
    /**
     * A specification for a CDROM device on this virtual machine.
     */
    cdroms?: pulumi.Input<pulumi.Input<inputs.VirtualMachineCdrom>[]>;
    /**
     * A unique identifier for a given version of the last configuration applied, such the timestamp of the last update to the configuration.
     */
    changeVersion?: pulumi.Input<string>;
    /**
     * A specification for cloning a virtual machine from template.
     */
    clone?: pulumi.Input<inputs.VirtualMachineClone>;
    /**
     * Allow CPUs to be added to this virtual machine while it is running.
     */
    cpuHotAddEnabled?: pulumi.Input<boolean>;
    /**
     * Allow CPUs to be added to this virtual machine while it is running.
     */
    cpuHotRemoveEnabled?: pulumi.Input<boolean>;
    /**
     * The maximum amount of memory (in MB) or CPU (in MHz) that this virtual machine can consume, regardless of available resources.%!(EXTRA string=cpu)
     */
    cpuLimit?: pulumi.Input<number>;
    /**
     * Enable CPU performance counters on this virtual machine.
     */
    cpuPerformanceCountersEnabled?: pulumi.Input<boolean>;
    /**
     * The amount of memory (in MB) or CPU (in MHz) that this virtual machine is guaranteed.%!(EXTRA string=cpu)
     */
    cpuReservation?: pulumi.Input<number>;
    /**
     * The amount of shares to allocate to cpu for a custom share level.
     */
    cpuShareCount?: pulumi.Input<number>;
    /**
     * The allocation level for cpu resources. Can be one of high, low, normal, or custom.
     */
    cpuShareLevel?: pulumi.Input<string>;
    /**
     * A list of custom attributes to set on this resource.
     */
    customAttributes?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * The ID of the datacenter where the VM is to be created.
     */
    datacenterId?: pulumi.Input<string>;
    /**
     * The ID of a datastore cluster to put the virtual machine in.
     */
    datastoreClusterId?: pulumi.Input<string>;
    /**
     * The ID of the virtual machine's datastore. The virtual machine configuration is placed here, along with any virtual disks that are created without datastores.
     */
    datastoreId?: pulumi.Input<string>;
    /**
     * The IP address selected by Terraform to be used for the provisioner.
     */
    defaultIpAddress?: pulumi.Input<string>;
    /**
     * A specification for a virtual disk device on this virtual machine.
     */
    disks?: pulumi.Input<pulumi.Input<inputs.VirtualMachineDisk>[]>;
    /**
     * When the boot type set in firmware is efi, this enables EFI secure boot.
     */
    efiSecureBootEnabled?: pulumi.Input<boolean>;
    /**
     * Expose the UUIDs of attached virtual disks to the virtual machine, allowing access to them in the guest.
     */
    enableDiskUuid?: pulumi.Input<boolean>;
    /**
     * Enable logging on this virtual machine.
     */
    enableLogging?: pulumi.Input<boolean>;
    /**
     * The EPT/RVI (hardware memory virtualization) setting for this virtual machine. Can be one of automatic, on, or off.
     */
    eptRviMode?: pulumi.Input<string>;
    /**
     * Extra configuration data for this virtual machine. Can be used to supply advanced parameters not normally in configuration, such as instance metadata, or configuration data for OVF images.
     */
    extraConfig?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * The firmware interface to use on the virtual machine. Can be one of bios or EFI.
     */
    firmware?: pulumi.Input<string>;
    /**
     * The name of the folder to locate the virtual machine in.
     */
    folder?: pulumi.Input<string>;
    /**
     * Set to true to force power-off a virtual machine if a graceful guest shutdown failed for a necessary operation.
     */
    forcePowerOff?: pulumi.Input<boolean>;
    /**
     * The guest ID for the operating system.
     */
    guestId?: pulumi.Input<string>;
    /**
     * The current list of IP addresses on this virtual machine.
     */
    guestIpAddresses?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The hardware version for the virtual machine.
     */
    hardwareVersion?: pulumi.Input<number>;
    /**
     * The ID of an optional host system to pin the virtual machine to.
     */
    hostSystemId?: pulumi.Input<string>;
    /**
     * The (non-nested) hardware virtualization setting for this virtual machine. Can be one of hvAuto, hvOn, or hvOff.
     */
    hvMode?: pulumi.Input<string>;
    /**
     * The number of IDE controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    ideControllerCount?: pulumi.Input<number>;
    /**
     * List of IP addresses and CIDR networks to ignore while waiting for an IP
     */
    ignoredGuestIps?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * A flag internal to Terraform that indicates that this resource was either imported or came from a earlier major version of this resource. Reset after the first post-import or post-upgrade apply.
     */
    imported?: pulumi.Input<boolean>;
    /**
     * Controls the scheduling delay of the virtual machine. Use a higher sensitivity for applications that require lower latency, such as VOIP, media player applications, or applications that require frequent access to mouse or keyboard devices. Can be one of low, normal, medium, or high.
     */
    latencySensitivity?: pulumi.Input<string>;
    /**
     * The size of the virtual machine's memory, in MB.
     */
    memory?: pulumi.Input<number>;
    /**
     * Allow memory to be added to this virtual machine while it is running.
     */
    memoryHotAddEnabled?: pulumi.Input<boolean>;
    /**
     * The maximum amount of memory (in MB) or CPU (in MHz) that this virtual machine can consume, regardless of available resources.%!(EXTRA string=memory)
     */
    memoryLimit?: pulumi.Input<number>;
    /**
     * The amount of memory (in MB) or CPU (in MHz) that this virtual machine is guaranteed.%!(EXTRA string=memory)
     */
    memoryReservation?: pulumi.Input<number>;
    /**
     * The amount of shares to allocate to memory for a custom share level.
     */
    memoryShareCount?: pulumi.Input<number>;
    /**
     * The allocation level for memory resources. Can be one of high, low, normal, or custom.
     */
    memoryShareLevel?: pulumi.Input<string>;
    /**
     * The amount of time, in minutes, to wait for a vMotion operation to complete before failing.
     */
    migrateWaitTimeout?: pulumi.Input<number>;
    /**
     * The machine object ID from VMWare
     */
    moid?: pulumi.Input<string>;
    /**
     * The name of this virtual machine.
     */
    name?: pulumi.Input<string>;
    /**
     * Enable nested hardware virtualization on this virtual machine, facilitating nested virtualization in the guest.
     */
    nestedHvEnabled?: pulumi.Input<boolean>;
    /**
     * A specification for a virtual NIC on this virtual machine.
     */
    networkInterfaces?: pulumi.Input<pulumi.Input<inputs.VirtualMachineNetworkInterface>[]>;
    /**
     * The number of cores to distribute amongst the CPUs in this virtual machine. If specified, the value supplied to<span pulumi-lang-nodejs=" numCpus " pulumi-lang-dotnet=" NumCpus " pulumi-lang-go=" numCpus " pulumi-lang-python=" num_cpus " pulumi-lang-yaml=" numCpus " pulumi-lang-java=" numCpus "> num_cpus </span>must be evenly divisible by this value.
     */
    numCoresPerSocket?: pulumi.Input<number>;
    /**
     * The number of virtual processors to assign to this virtual machine.
     */
    numCpus?: pulumi.Input<number>;
    /**
     * A specification for deploying a virtual machine from ovf/ova template.
     */
    ovfDeploy?: pulumi.Input<inputs.VirtualMachineOvfDeploy>;
    /**
     * A list of PCI passthrough devices
     */
    pciDeviceIds?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The amount of time, in seconds, that we will be trying to power on a VM
     */
    poweronTimeout?: pulumi.Input<number>;
    /**
     * Value internal to Terraform used to determine if a configuration set change requires a reboot.
     */
    rebootRequired?: pulumi.Input<boolean>;
    /**
     * The ID of a resource pool to put the virtual machine in.
     */
    resourcePoolId?: pulumi.Input<string>;
    /**
     * Enable the execution of post-power-on scripts when VMware tools is installed.
     */
    runToolsScriptsAfterPowerOn?: pulumi.Input<boolean>;
    /**
     * Enable the execution of post-resume scripts when VMware tools is installed.
     */
    runToolsScriptsAfterResume?: pulumi.Input<boolean>;
    /**
     * Enable the execution of pre-reboot scripts when VMware tools is installed.
     */
    runToolsScriptsBeforeGuestReboot?: pulumi.Input<boolean>;
    /**
     * Enable the execution of pre-shutdown scripts when VMware tools is installed.
     */
    runToolsScriptsBeforeGuestShutdown?: pulumi.Input<boolean>;
    /**
     * Enable the execution of pre-standby scripts when VMware tools is installed.
     */
    runToolsScriptsBeforeGuestStandby?: pulumi.Input<boolean>;
    /**
     * The number of SATA controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    sataControllerCount?: pulumi.Input<number>;
    /**
     * Mode for sharing the SCSI bus. The modes are physicalSharing, virtualSharing, and noSharing.
     */
    scsiBusSharing?: pulumi.Input<string>;
    /**
     * The number of SCSI controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    scsiControllerCount?: pulumi.Input<number>;
    /**
     * The type of SCSI bus this virtual machine will have. Can be one of lsilogic, lsilogic-sas or pvscsi.
     */
    scsiType?: pulumi.Input<string>;
    /**
     * The amount of time, in minutes, to wait for shutdown when making necessary updates to the virtual machine.
     */
    shutdownWaitTimeout?: pulumi.Input<number>;
    /**
     * The ID of the storage policy to assign to the virtual machine home directory.
     */
    storagePolicyId?: pulumi.Input<string>;
    /**
     * The swap file placement policy for this virtual machine. Can be one of inherit, hostLocal, or vmDirectory.
     */
    swapPlacementPolicy?: pulumi.Input<string>;
    /**
     * Enable guest clock synchronization with the host. Requires VMware tools to be installed.
     */
    syncTimeWithHost?: pulumi.Input<boolean>;
    /**
     * A list of tag IDs to apply to this object.
     */
    tags?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The UUID of the virtual machine. Also exposed as the ID of the resource.
     */
    uuid?: pulumi.Input<string>;
    /**
     * vApp configuration data for this virtual machine. Can be used to provide configuration data for OVF images.
     */
    vapp?: pulumi.Input<inputs.VirtualMachineVapp>;
    /**
     * vApp transport methods supported by virtual machine.
     */
    vappTransports?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The state of VMware tools in the guest. This will determine the proper course of action for some device operations.
     */
    vmwareToolsStatus?: pulumi.Input<string>;
    /**
     * The path of the virtual machine's configuration file in the VM's datastore.
     */
    vmxPath?: pulumi.Input<string>;
    /**
     * The amount of time, in minutes, to wait for an available IP address on this virtual machine. A value less than 1 disables the waiter.
     */
    waitForGuestIpTimeout?: pulumi.Input<number>;
    /**
     * Controls whether or not the guest network waiter waits for a routable address. When false, the waiter does not wait for a default gateway, nor are IP addresses checked against any discovered default gateways as part of its success criteria.
     */
    waitForGuestNetRoutable?: pulumi.Input<boolean>;
    /**
     * The amount of time, in minutes, to wait for an available IP address on this virtual machine. A value less than 1 disables the waiter.
     */
    waitForGuestNetTimeout?: pulumi.Input<number>;
}
/**
 * The set of arguments for constructing a VirtualMachine resource.
 */
export interface VirtualMachineArgs {
    /**
     * The guest name for the operating system when<span pulumi-lang-nodejs=" guestId " pulumi-lang-dotnet=" GuestId " pulumi-lang-go=" guestId " pulumi-lang-python=" guest_id " pulumi-lang-yaml=" guestId " pulumi-lang-java=" guestId "> guest_id </span>is other or other-64.
     */
    alternateGuestName?: pulumi.Input<string>;
    /**
     * User-provided description of the virtual machine.
     */
    annotation?: pulumi.Input<string>;
    /**
     * The number of milliseconds to wait before starting the boot sequence.
     */
    bootDelay?: pulumi.Input<number>;
    /**
     * The number of milliseconds to wait before retrying the boot sequence. This only valid if<span pulumi-lang-nodejs=" bootRetryEnabled " pulumi-lang-dotnet=" BootRetryEnabled " pulumi-lang-go=" bootRetryEnabled " pulumi-lang-python=" boot_retry_enabled " pulumi-lang-yaml=" bootRetryEnabled " pulumi-lang-java=" bootRetryEnabled "> boot_retry_enabled </span>is true.
     */
    bootRetryDelay?: pulumi.Input<number>;
    /**
     * If set to true, a virtual machine that fails to boot will try again after the delay defined in boot_retry_delay.
     */
    bootRetryEnabled?: pulumi.Input<boolean>;
    /**
     * A specification for a CDROM device on this virtual machine.
     */
    cdroms?: pulumi.Input<pulumi.Input<inputs.VirtualMachineCdrom>[]>;
    /**
     * A specification for cloning a virtual machine from template.
     */
    clone?: pulumi.Input<inputs.VirtualMachineClone>;
    /**
     * Allow CPUs to be added to this virtual machine while it is running.
     */
    cpuHotAddEnabled?: pulumi.Input<boolean>;
    /**
     * Allow CPUs to be added to this virtual machine while it is running.
     */
    cpuHotRemoveEnabled?: pulumi.Input<boolean>;
    /**
     * The maximum amount of memory (in MB) or CPU (in MHz) that this virtual machine can consume, regardless of available resources.%!(EXTRA string=cpu)
     */
    cpuLimit?: pulumi.Input<number>;
    /**
     * Enable CPU performance counters on this virtual machine.
     */
    cpuPerformanceCountersEnabled?: pulumi.Input<boolean>;
    /**
     * The amount of memory (in MB) or CPU (in MHz) that this virtual machine is guaranteed.%!(EXTRA string=cpu)
     */
    cpuReservation?: pulumi.Input<number>;
    /**
     * The amount of shares to allocate to cpu for a custom share level.
     */
    cpuShareCount?: pulumi.Input<number>;
    /**
     * The allocation level for cpu resources. Can be one of high, low, normal, or custom.
     */
    cpuShareLevel?: pulumi.Input<string>;
    /**
     * A list of custom attributes to set on this resource.
     */
    customAttributes?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * The ID of the datacenter where the VM is to be created.
     */
    datacenterId?: pulumi.Input<string>;
    /**
     * The ID of a datastore cluster to put the virtual machine in.
     */
    datastoreClusterId?: pulumi.Input<string>;
    /**
     * The ID of the virtual machine's datastore. The virtual machine configuration is placed here, along with any virtual disks that are created without datastores.
     */
    datastoreId?: pulumi.Input<string>;
    /**
     * A specification for a virtual disk device on this virtual machine.
     */
    disks?: pulumi.Input<pulumi.Input<inputs.VirtualMachineDisk>[]>;
    /**
     * When the boot type set in firmware is efi, this enables EFI secure boot.
     */
    efiSecureBootEnabled?: pulumi.Input<boolean>;
    /**
     * Expose the UUIDs of attached virtual disks to the virtual machine, allowing access to them in the guest.
     */
    enableDiskUuid?: pulumi.Input<boolean>;
    /**
     * Enable logging on this virtual machine.
     */
    enableLogging?: pulumi.Input<boolean>;
    /**
     * The EPT/RVI (hardware memory virtualization) setting for this virtual machine. Can be one of automatic, on, or off.
     */
    eptRviMode?: pulumi.Input<string>;
    /**
     * Extra configuration data for this virtual machine. Can be used to supply advanced parameters not normally in configuration, such as instance metadata, or configuration data for OVF images.
     */
    extraConfig?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * The firmware interface to use on the virtual machine. Can be one of bios or EFI.
     */
    firmware?: pulumi.Input<string>;
    /**
     * The name of the folder to locate the virtual machine in.
     */
    folder?: pulumi.Input<string>;
    /**
     * Set to true to force power-off a virtual machine if a graceful guest shutdown failed for a necessary operation.
     */
    forcePowerOff?: pulumi.Input<boolean>;
    /**
     * The guest ID for the operating system.
     */
    guestId?: pulumi.Input<string>;
    /**
     * The hardware version for the virtual machine.
     */
    hardwareVersion?: pulumi.Input<number>;
    /**
     * The ID of an optional host system to pin the virtual machine to.
     */
    hostSystemId?: pulumi.Input<string>;
    /**
     * The (non-nested) hardware virtualization setting for this virtual machine. Can be one of hvAuto, hvOn, or hvOff.
     */
    hvMode?: pulumi.Input<string>;
    /**
     * The number of IDE controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    ideControllerCount?: pulumi.Input<number>;
    /**
     * List of IP addresses and CIDR networks to ignore while waiting for an IP
     */
    ignoredGuestIps?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * Controls the scheduling delay of the virtual machine. Use a higher sensitivity for applications that require lower latency, such as VOIP, media player applications, or applications that require frequent access to mouse or keyboard devices. Can be one of low, normal, medium, or high.
     */
    latencySensitivity?: pulumi.Input<string>;
    /**
     * The size of the virtual machine's memory, in MB.
     */
    memory?: pulumi.Input<number>;
    /**
     * Allow memory to be added to this virtual machine while it is running.
     */
    memoryHotAddEnabled?: pulumi.Input<boolean>;
    /**
     * The maximum amount of memory (in MB) or CPU (in MHz) that this virtual machine can consume, regardless of available resources.%!(EXTRA string=memory)
     */
    memoryLimit?: pulumi.Input<number>;
    /**
     * The amount of memory (in MB) or CPU (in MHz) that this virtual machine is guaranteed.%!(EXTRA string=memory)
     */
    memoryReservation?: pulumi.Input<number>;
    /**
     * The amount of shares to allocate to memory for a custom share level.
     */
    memoryShareCount?: pulumi.Input<number>;
    /**
     * The allocation level for memory resources. Can be one of high, low, normal, or custom.
     */
    memoryShareLevel?: pulumi.Input<string>;
    /**
     * The amount of time, in minutes, to wait for a vMotion operation to complete before failing.
     */
    migrateWaitTimeout?: pulumi.Input<number>;
    /**
     * The name of this virtual machine.
     */
    name?: pulumi.Input<string>;
    /**
     * Enable nested hardware virtualization on this virtual machine, facilitating nested virtualization in the guest.
     */
    nestedHvEnabled?: pulumi.Input<boolean>;
    /**
     * A specification for a virtual NIC on this virtual machine.
     */
    networkInterfaces?: pulumi.Input<pulumi.Input<inputs.VirtualMachineNetworkInterface>[]>;
    /**
     * The number of cores to distribute amongst the CPUs in this virtual machine. If specified, the value supplied to<span pulumi-lang-nodejs=" numCpus " pulumi-lang-dotnet=" NumCpus " pulumi-lang-go=" numCpus " pulumi-lang-python=" num_cpus " pulumi-lang-yaml=" numCpus " pulumi-lang-java=" numCpus "> num_cpus </span>must be evenly divisible by this value.
     */
    numCoresPerSocket?: pulumi.Input<number>;
    /**
     * The number of virtual processors to assign to this virtual machine.
     */
    numCpus?: pulumi.Input<number>;
    /**
     * A specification for deploying a virtual machine from ovf/ova template.
     */
    ovfDeploy?: pulumi.Input<inputs.VirtualMachineOvfDeploy>;
    /**
     * A list of PCI passthrough devices
     */
    pciDeviceIds?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The amount of time, in seconds, that we will be trying to power on a VM
     */
    poweronTimeout?: pulumi.Input<number>;
    /**
     * The ID of a resource pool to put the virtual machine in.
     */
    resourcePoolId: pulumi.Input<string>;
    /**
     * Enable the execution of post-power-on scripts when VMware tools is installed.
     */
    runToolsScriptsAfterPowerOn?: pulumi.Input<boolean>;
    /**
     * Enable the execution of post-resume scripts when VMware tools is installed.
     */
    runToolsScriptsAfterResume?: pulumi.Input<boolean>;
    /**
     * Enable the execution of pre-reboot scripts when VMware tools is installed.
     */
    runToolsScriptsBeforeGuestReboot?: pulumi.Input<boolean>;
    /**
     * Enable the execution of pre-shutdown scripts when VMware tools is installed.
     */
    runToolsScriptsBeforeGuestShutdown?: pulumi.Input<boolean>;
    /**
     * Enable the execution of pre-standby scripts when VMware tools is installed.
     */
    runToolsScriptsBeforeGuestStandby?: pulumi.Input<boolean>;
    /**
     * The number of SATA controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    sataControllerCount?: pulumi.Input<number>;
    /**
     * Mode for sharing the SCSI bus. The modes are physicalSharing, virtualSharing, and noSharing.
     */
    scsiBusSharing?: pulumi.Input<string>;
    /**
     * The number of SCSI controllers that Terraform manages on this virtual machine. This directly affects the amount of disks you can add to the virtual machine and the maximum disk unit number. Note that lowering this value does not remove controllers.
     */
    scsiControllerCount?: pulumi.Input<number>;
    /**
     * The type of SCSI bus this virtual machine will have. Can be one of lsilogic, lsilogic-sas or pvscsi.
     */
    scsiType?: pulumi.Input<string>;
    /**
     * The amount of time, in minutes, to wait for shutdown when making necessary updates to the virtual machine.
     */
    shutdownWaitTimeout?: pulumi.Input<number>;
    /**
     * The ID of the storage policy to assign to the virtual machine home directory.
     */
    storagePolicyId?: pulumi.Input<string>;
    /**
     * The swap file placement policy for this virtual machine. Can be one of inherit, hostLocal, or vmDirectory.
     */
    swapPlacementPolicy?: pulumi.Input<string>;
    /**
     * Enable guest clock synchronization with the host. Requires VMware tools to be installed.
     */
    syncTimeWithHost?: pulumi.Input<boolean>;
    /**
     * A list of tag IDs to apply to this object.
     */
    tags?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * vApp configuration data for this virtual machine. Can be used to provide configuration data for OVF images.
     */
    vapp?: pulumi.Input<inputs.VirtualMachineVapp>;
    /**
     * The amount of time, in minutes, to wait for an available IP address on this virtual machine. A value less than 1 disables the waiter.
     */
    waitForGuestIpTimeout?: pulumi.Input<number>;
    /**
     * Controls whether or not the guest network waiter waits for a routable address. When false, the waiter does not wait for a default gateway, nor are IP addresses checked against any discovered default gateways as part of its success criteria.
     */
    waitForGuestNetRoutable?: pulumi.Input<boolean>;
    /**
     * The amount of time, in minutes, to wait for an available IP address on this virtual machine. A value less than 1 disables the waiter.
     */
    waitForGuestNetTimeout?: pulumi.Input<number>;
}
