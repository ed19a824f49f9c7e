import * as pulumi from "@pulumi/pulumi";
export declare function getDatacenter(args?: GetDatacenterArgs, opts?: pulumi.InvokeOptions): Promise<GetDatacenterResult>;
/**
 * A collection of arguments for invoking getDatacenter.
 */
export interface GetDatacenterArgs {
    name?: string;
}
/**
 * A collection of values returned by getDatacenter.
 */
export interface GetDatacenterResult {
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name?: string;
}
export declare function getDatacenterOutput(args?: GetDatacenterOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetDatacenterResult>;
/**
 * A collection of arguments for invoking getDatacenter.
 */
export interface GetDatacenterOutputArgs {
    name?: pulumi.Input<string>;
}
