import * as pulumi from "@pulumi/pulumi";
export declare function getComputeCluster(args: GetComputeClusterArgs, opts?: pulumi.InvokeOptions): Promise<GetComputeClusterResult>;
/**
 * A collection of arguments for invoking getComputeCluster.
 */
export interface GetComputeClusterArgs {
    datacenterId?: string;
    name: string;
}
/**
 * A collection of values returned by getComputeCluster.
 */
export interface GetComputeClusterResult {
    readonly datacenterId?: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name: string;
    readonly resourcePoolId: string;
}
export declare function getComputeClusterOutput(args: GetComputeClusterOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetComputeClusterResult>;
/**
 * A collection of arguments for invoking getComputeCluster.
 */
export interface GetComputeClusterOutputArgs {
    datacenterId?: pulumi.Input<string>;
    name: pulumi.Input<string>;
}
