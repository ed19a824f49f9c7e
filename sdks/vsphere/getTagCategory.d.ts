import * as pulumi from "@pulumi/pulumi";
export declare function getTagCategory(args: GetTagCategoryArgs, opts?: pulumi.InvokeOptions): Promise<GetTagCategoryResult>;
/**
 * A collection of arguments for invoking getTagCategory.
 */
export interface GetTagCategoryArgs {
    name: string;
}
/**
 * A collection of values returned by getTagCategory.
 */
export interface GetTagCategoryResult {
    readonly associableTypes: string[];
    readonly cardinality: string;
    readonly description: string;
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly name: string;
}
export declare function getTagCategoryOutput(args: GetTagCategoryOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetTagCategoryResult>;
/**
 * A collection of arguments for invoking getTagCategory.
 */
export interface GetTagCategoryOutputArgs {
    name: pulumi.Input<string>;
}
