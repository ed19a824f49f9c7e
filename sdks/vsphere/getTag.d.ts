import * as pulumi from "@pulumi/pulumi";
export declare function getTag(args: GetTagArgs, opts?: pulumi.InvokeOptions): Promise<GetTagResult>;
/**
 * A collection of arguments for invoking getTag.
 */
export interface GetTagArgs {
    categoryId: string;
    name: string;
}
/**
 * A collection of values returned by getTag.
 */
export interface GetTagResult {
    readonly categoryId: string;
    readonly description: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name: string;
}
export declare function getTagOutput(args: GetTagOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetTagResult>;
/**
 * A collection of arguments for invoking getTag.
 */
export interface GetTagOutputArgs {
    categoryId: pulumi.Input<string>;
    name: pulumi.Input<string>;
}
