import * as pulumi from "@pulumi/pulumi";
export declare function getFolder(args: GetFolderArgs, opts?: pulumi.InvokeOptions): Promise<GetFolderResult>;
/**
 * A collection of arguments for invoking getFolder.
 */
export interface GetFolderArgs {
    path: string;
}
/**
 * A collection of values returned by getFolder.
 */
export interface GetFolderResult {
    /**
     * The provider-assigned unique ID for this managed resource.
     */
    readonly id: string;
    readonly path: string;
}
export declare function getFolderOutput(args: GetFolderOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<GetFolderResult>;
/**
 * A collection of arguments for invoking getFolder.
 */
export interface GetFolderOutputArgs {
    path: pulumi.Input<string>;
}
