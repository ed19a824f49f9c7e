import * as pulumi from "@pulumi/pulumi";
export declare class ResourcePool extends pulumi.CustomResource {
    /**
     * Get an existing ResourcePool resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: ResourcePoolState, opts?: pulumi.CustomResourceOptions): ResourcePool;
    /**
     * Returns true if the given object is an instance of ResourcePool.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is ResourcePool;
    /**
     * Determines if the reservation on a resource pool can grow beyond the specified value, if the parent resource pool has unreserved resources.
     */
    readonly cpuExpandable: pulumi.Output<boolean | undefined>;
    /**
     * The utilization of a resource pool will not exceed this limit, even if there are available resources. Set to -1 for unlimited.
     */
    readonly cpuLimit: pulumi.Output<number | undefined>;
    /**
     * Amount of CPU (MHz) that is guaranteed available to the resource pool.
     */
    readonly cpuReservation: pulumi.Output<number | undefined>;
    /**
     * The allocation level. The level is a simplified view of shares. Levels map to a pre-determined set of numeric values for shares. Can be one of low, normal, high, or custom.
     */
    readonly cpuShareLevel: pulumi.Output<string | undefined>;
    /**
     * The number of shares allocated. Used to determine resource allocation in case of resource contention. If this is set,<span pulumi-lang-nodejs=" cpuShareLevel " pulumi-lang-dotnet=" CpuShareLevel " pulumi-lang-go=" cpuShareLevel " pulumi-lang-python=" cpu_share_level " pulumi-lang-yaml=" cpuShareLevel " pulumi-lang-java=" cpuShareLevel "> cpu_share_level </span>must be custom.
     */
    readonly cpuShares: pulumi.Output<number>;
    /**
     * A list of custom attributes to set on this resource.
     */
    readonly customAttributes: pulumi.Output<{
        [key: string]: string;
    } | undefined>;
    /**
     * Determines if the reservation on a resource pool can grow beyond the specified value, if the parent resource pool has unreserved resources.
     */
    readonly memoryExpandable: pulumi.Output<boolean | undefined>;
    /**
     * The utilization of a resource pool will not exceed this limit, even if there are available resources. Set to -1 for unlimited.
     */
    readonly memoryLimit: pulumi.Output<number | undefined>;
    /**
     * Amount of memory (MB) that is guaranteed available to the resource pool.
     */
    readonly memoryReservation: pulumi.Output<number | undefined>;
    /**
     * The allocation level. The level is a simplified view of shares. Levels map to a pre-determined set of numeric values for shares. Can be one of low, normal, high, or custom.
     */
    readonly memoryShareLevel: pulumi.Output<string | undefined>;
    /**
     * The number of shares allocated. Used to determine resource allocation in case of resource contention. If this is set,<span pulumi-lang-nodejs=" memoryShareLevel " pulumi-lang-dotnet=" MemoryShareLevel " pulumi-lang-go=" memoryShareLevel " pulumi-lang-python=" memory_share_level " pulumi-lang-yaml=" memoryShareLevel " pulumi-lang-java=" memoryShareLevel "> memory_share_level </span>must be custom.
     */
    readonly memoryShares: pulumi.Output<number>;
    /**
     * Name of resource pool.
     */
    readonly name: pulumi.Output<string>;
    /**
     * The ID of the root resource pool of the compute resource the resource pool is in.
     */
    readonly parentResourcePoolId: pulumi.Output<string>;
    /**
     * A list of tag IDs to apply to this object.
     */
    readonly tags: pulumi.Output<string[] | undefined>;
    /**
     * Create a ResourcePool resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: ResourcePoolArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering ResourcePool resources.
 */
export interface ResourcePoolState {
    /**
     * Determines if the reservation on a resource pool can grow beyond the specified value, if the parent resource pool has unreserved resources.
     */
    cpuExpandable?: pulumi.Input<boolean>;
    /**
     * The utilization of a resource pool will not exceed this limit, even if there are available resources. Set to -1 for unlimited.
     */
    cpuLimit?: pulumi.Input<number>;
    /**
     * Amount of CPU (MHz) that is guaranteed available to the resource pool.
     */
    cpuReservation?: pulumi.Input<number>;
    /**
     * The allocation level. The level is a simplified view of shares. Levels map to a pre-determined set of numeric values for shares. Can be one of low, normal, high, or custom.
     */
    cpuShareLevel?: pulumi.Input<string>;
    /**
     * The number of shares allocated. Used to determine resource allocation in case of resource contention. If this is set,<span pulumi-lang-nodejs=" cpuShareLevel " pulumi-lang-dotnet=" CpuShareLevel " pulumi-lang-go=" cpuShareLevel " pulumi-lang-python=" cpu_share_level " pulumi-lang-yaml=" cpuShareLevel " pulumi-lang-java=" cpuShareLevel "> cpu_share_level </span>must be custom.
     */
    cpuShares?: pulumi.Input<number>;
    /**
     * A list of custom attributes to set on this resource.
     */
    customAttributes?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * Determines if the reservation on a resource pool can grow beyond the specified value, if the parent resource pool has unreserved resources.
     */
    memoryExpandable?: pulumi.Input<boolean>;
    /**
     * The utilization of a resource pool will not exceed this limit, even if there are available resources. Set to -1 for unlimited.
     */
    memoryLimit?: pulumi.Input<number>;
    /**
     * Amount of memory (MB) that is guaranteed available to the resource pool.
     */
    memoryReservation?: pulumi.Input<number>;
    /**
     * The allocation level. The level is a simplified view of shares. Levels map to a pre-determined set of numeric values for shares. Can be one of low, normal, high, or custom.
     */
    memoryShareLevel?: pulumi.Input<string>;
    /**
     * The number of shares allocated. Used to determine resource allocation in case of resource contention. If this is set,<span pulumi-lang-nodejs=" memoryShareLevel " pulumi-lang-dotnet=" MemoryShareLevel " pulumi-lang-go=" memoryShareLevel " pulumi-lang-python=" memory_share_level " pulumi-lang-yaml=" memoryShareLevel " pulumi-lang-java=" memoryShareLevel "> memory_share_level </span>must be custom.
     */
    memoryShares?: pulumi.Input<number>;
    /**
     * Name of resource pool.
     */
    name?: pulumi.Input<string>;
    /**
     * The ID of the root resource pool of the compute resource the resource pool is in.
     */
    parentResourcePoolId?: pulumi.Input<string>;
    /**
     * A list of tag IDs to apply to this object.
     */
    tags?: pulumi.Input<pulumi.Input<string>[]>;
}
/**
 * The set of arguments for constructing a ResourcePool resource.
 */
export interface ResourcePoolArgs {
    /**
     * Determines if the reservation on a resource pool can grow beyond the specified value, if the parent resource pool has unreserved resources.
     */
    cpuExpandable?: pulumi.Input<boolean>;
    /**
     * The utilization of a resource pool will not exceed this limit, even if there are available resources. Set to -1 for unlimited.
     */
    cpuLimit?: pulumi.Input<number>;
    /**
     * Amount of CPU (MHz) that is guaranteed available to the resource pool.
     */
    cpuReservation?: pulumi.Input<number>;
    /**
     * The allocation level. The level is a simplified view of shares. Levels map to a pre-determined set of numeric values for shares. Can be one of low, normal, high, or custom.
     */
    cpuShareLevel?: pulumi.Input<string>;
    /**
     * The number of shares allocated. Used to determine resource allocation in case of resource contention. If this is set,<span pulumi-lang-nodejs=" cpuShareLevel " pulumi-lang-dotnet=" CpuShareLevel " pulumi-lang-go=" cpuShareLevel " pulumi-lang-python=" cpu_share_level " pulumi-lang-yaml=" cpuShareLevel " pulumi-lang-java=" cpuShareLevel "> cpu_share_level </span>must be custom.
     */
    cpuShares?: pulumi.Input<number>;
    /**
     * A list of custom attributes to set on this resource.
     */
    customAttributes?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    }>;
    /**
     * Determines if the reservation on a resource pool can grow beyond the specified value, if the parent resource pool has unreserved resources.
     */
    memoryExpandable?: pulumi.Input<boolean>;
    /**
     * The utilization of a resource pool will not exceed this limit, even if there are available resources. Set to -1 for unlimited.
     */
    memoryLimit?: pulumi.Input<number>;
    /**
     * Amount of memory (MB) that is guaranteed available to the resource pool.
     */
    memoryReservation?: pulumi.Input<number>;
    /**
     * The allocation level. The level is a simplified view of shares. Levels map to a pre-determined set of numeric values for shares. Can be one of low, normal, high, or custom.
     */
    memoryShareLevel?: pulumi.Input<string>;
    /**
     * The number of shares allocated. Used to determine resource allocation in case of resource contention. If this is set,<span pulumi-lang-nodejs=" memoryShareLevel " pulumi-lang-dotnet=" MemoryShareLevel " pulumi-lang-go=" memoryShareLevel " pulumi-lang-python=" memory_share_level " pulumi-lang-yaml=" memoryShareLevel " pulumi-lang-java=" memoryShareLevel "> memory_share_level </span>must be custom.
     */
    memoryShares?: pulumi.Input<number>;
    /**
     * Name of resource pool.
     */
    name?: pulumi.Input<string>;
    /**
     * The ID of the root resource pool of the compute resource the resource pool is in.
     */
    parentResourcePoolId: pulumi.Input<string>;
    /**
     * A list of tag IDs to apply to this object.
     */
    tags?: pulumi.Input<pulumi.Input<string>[]>;
}
