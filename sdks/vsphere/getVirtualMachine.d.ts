import * as pulumi from "@pulumi/pulumi";
import * as inputs from "./types/input";
import * as outputs from "./types/output";
export declare function getVirtualMachine(args: GetVirtualMachineArgs, opts?: pulumi.InvokeOptions): Promise<GetVirtualMachineResult>;
/**
 * A collection of arguments for invoking getVirtualMachine.
 */
export interface GetVirtualMachineArgs {
    alternateGuestName?: string;
    annotation?: string;
    bootDelay?: number;
    bootRetryDelay?: number;
    bootRetryEnabled?: boolean;
    cpuHotAddEnabled?: boolean;
    cpuHotRemoveEnabled?: boolean;
    cpuLimit?: number;
    cpuPerformanceCountersEnabled?: boolean;
    cpuReservation?: number;
    cpuShareCount?: number;
    cpuShareLevel?: string;
    datacenterId?: string;
    efiSecureBootEnabled?: boolean;
    enableDiskUuid?: boolean;
    enableLogging?: boolean;
    eptRviMode?: string;
    extraConfig?: {
        [key: string]: string;
    };
    firmware?: string;
    guestId?: string;
    hardwareVersion?: number;
    hvMode?: string;
    ideControllerScanCount?: number;
    latencySensitivity?: string;
    memory?: number;
    memoryHotAddEnabled?: boolean;
    memoryLimit?: number;
    memoryReservation?: number;
    memoryShareCount?: number;
    memoryShareLevel?: string;
    name: string;
    nestedHvEnabled?: boolean;
    numCoresPerSocket?: number;
    numCpus?: number;
    runToolsScriptsAfterPowerOn?: boolean;
    runToolsScriptsAfterResume?: boolean;
    runToolsScriptsBeforeGuestReboot?: boolean;
    runToolsScriptsBeforeGuestShutdown?: boolean;
    runToolsScriptsBeforeGuestStandby?: boolean;
    sataControllerScanCount?: number;
    scsiControllerScanCount?: number;
    storagePolicyId?: string;
    swapPlacementPolicy?: string;
    syncTimeWithHost?: boolean;
    vapp?: inputs.GetVirtualMachineVapp;
}
/**
 * A collection of values returned by getVirtualMachine.
 */
export interface GetVirtualMachineResult {
    readonly alternateGuestName?: string;
    readonly annotation?: string;
    readonly bootDelay?: number;
    readonly bootRetryDelay?: number;
    readonly bootRetryEnabled?: boolean;
    readonly changeVersion: string;
    readonly cpuHotAddEnabled?: boolean;
    readonly cpuHotRemoveEnabled?: boolean;
    readonly cpuLimit?: number;
    readonly cpuPerformanceCountersEnabled?: boolean;
    readonly cpuReservation?: number;
    readonly cpuShareCount: number;
    readonly cpuShareLevel?: string;
    readonly datacenterId?: string;
    readonly disks: outputs.GetVirtualMachineDisk[];
    readonly efiSecureBootEnabled?: boolean;
    readonly enableDiskUuid?: boolean;
    readonly enableLogging?: boolean;
    readonly eptRviMode?: string;
    readonly extraConfig?: {
        [key: string]: string;
    };
    readonly firmware?: string;
    readonly guestId: string;
    readonly guestIpAddresses: string[];
    readonly hardwareVersion: number;
    readonly hvMode?: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly ideControllerScanCount?: number;
    readonly latencySensitivity?: string;
    readonly memory?: number;
    readonly memoryHotAddEnabled?: boolean;
    readonly memoryLimit?: number;
    readonly memoryReservation?: number;
    readonly memoryShareCount: number;
    readonly memoryShareLevel?: string;
    readonly name: string;
    readonly nestedHvEnabled?: boolean;
    readonly networkInterfaceTypes: string[];
    readonly numCoresPerSocket?: number;
    readonly numCpus?: number;
    readonly runToolsScriptsAfterPowerOn?: boolean;
    readonly runToolsScriptsAfterResume?: boolean;
    readonly runToolsScriptsBeforeGuestReboot?: boolean;
    readonly runToolsScriptsBeforeGuestShutdown?: boolean;
    readonly runToolsScriptsBeforeGuestStandby?: boolean;
    readonly sataControllerScanCount?: number;
    readonly scsiBusSharing: string;
    readonly scsiControllerScanCount?: number;
    readonly scsiType: string;
    readonly storagePolicyId: string;
    readonly swapPlacementPolicy?: string;
    readonly syncTimeWithHost?: boolean;
    readonly uuid: string;
    readonly vapp?: outputs.GetVirtualMachineVapp;
    readonly vappTransports: string[];
}
export declare function getVirtualMachineOutput(args: GetVirtualMachineOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetVirtualMachineResult>;
/**
 * A collection of arguments for invoking getVirtualMachine.
 */
export interface GetVirtualMachineOutputArgs {
    alternateGuestName?: pulumi.Input<string>;
    annotation?: pulumi.Input<string>;
    bootDelay?: pulumi.Input<number>;
    bootRetryDelay?: pulumi.Input<number>;
    bootRetryEnabled?: pulumi.Input<boolean>;
    cpuHotAddEnabled?: pulumi.Input<boolean>;
    cpuHotRemoveEnabled?: pulumi.Input<boolean>;
    cpuLimit?: pulumi.Input<number>;
    cpuPerformanceCountersEnabled?: pulumi.Input<boolean>;
    cpuReservation?: pulumi.Input<number>;
    cpuShareCount?: pulumi.Input<number>;
    cpuShareLevel?: pulumi.Input<string>;
    datacenterId?: pulumi.Input<string>;
    efiSecureBootEnabled?: pulumi.Input<boolean>;
    enableDiskUuid?: pulumi.Input<boolean>;
    enableLogging?: pulumi.Input<boolean>;
    eptRviMode?: pulumi.Input<string>;
    extraConfig?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    firmware?: pulumi.Input<string>;
    guestId?: pulumi.Input<string>;
    hardwareVersion?: pulumi.Input<number>;
    hvMode?: pulumi.Input<string>;
    ideControllerScanCount?: pulumi.Input<number>;
    latencySensitivity?: pulumi.Input<string>;
    memory?: pulumi.Input<number>;
    memoryHotAddEnabled?: pulumi.Input<boolean>;
    memoryLimit?: pulumi.Input<number>;
    memoryReservation?: pulumi.Input<number>;
    memoryShareCount?: pulumi.Input<number>;
    memoryShareLevel?: pulumi.Input<string>;
    name: pulumi.Input<string>;
    nestedHvEnabled?: pulumi.Input<boolean>;
    numCoresPerSocket?: pulumi.Input<number>;
    numCpus?: pulumi.Input<number>;
    runToolsScriptsAfterPowerOn?: pulumi.Input<boolean>;
    runToolsScriptsAfterResume?: pulumi.Input<boolean>;
    runToolsScriptsBeforeGuestReboot?: pulumi.Input<boolean>;
    runToolsScriptsBeforeGuestShutdown?: pulumi.Input<boolean>;
    runToolsScriptsBeforeGuestStandby?: pulumi.Input<boolean>;
    sataControllerScanCount?: pulumi.Input<number>;
    scsiControllerScanCount?: pulumi.Input<number>;
    storagePolicyId?: pulumi.Input<string>;
    swapPlacementPolicy?: pulumi.Input<string>;
    syncTimeWithHost?: pulumi.Input<boolean>;
    vapp?: pulumi.Input<inputs.GetVirtualMachineVappArgs>;
}
