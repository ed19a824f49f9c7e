import * as pulumi from "@pulumi/pulumi";
export declare function getHost(args: GetHostArgs, opts?: pulumi.InvokeOptions): Promise<GetHostResult>;
/**
 * A collection of arguments for invoking getHost.
 */
export interface GetHostArgs {
    datacenterId: string;
    name?: string;
}
/**
 * A collection of values returned by getHost.
 */
export interface GetHostResult {
    readonly datacenterId: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name?: string;
    readonly resourcePoolId: string;
}
export declare function getHostOutput(args: GetHostOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetHostResult>;
/**
 * A collection of arguments for invoking getHost.
 */
export interface GetHostOutputArgs {
    datacenterId: pulumi.Input<string>;
    name?: pulumi.Input<string>;
}
