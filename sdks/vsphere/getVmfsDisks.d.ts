import * as pulumi from "@pulumi/pulumi";
export declare function getVmfsDisks(args: GetVmfsDisksArgs, opts?: pulumi.InvokeOptions): Promise<GetVmfsDisksResult>;
/**
 * A collection of arguments for invoking getVmfsDisks.
 */
export interface GetVmfsDisksArgs {
    filter?: string;
    hostSystemId: string;
    rescan?: boolean;
}
/**
 * A collection of values returned by getVmfsDisks.
 */
export interface GetVmfsDisksResult {
    readonly disks: string[];
    readonly filter?: string;
    readonly hostSystemId: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly rescan?: boolean;
}
export declare function getVmfsDisksOutput(args: GetVmfsDisksOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetVmfsDisksResult>;
/**
 * A collection of arguments for invoking getVmfsDisks.
 */
export interface GetVmfsDisksOutputArgs {
    filter?: pulumi.Input<string>;
    hostSystemId: pulumi.Input<string>;
    rescan?: pulumi.Input<boolean>;
}
