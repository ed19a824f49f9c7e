import * as pulumi from "@pulumi/pulumi";
export declare class ComputeClusterVmAntiAffinityRule extends pulumi.CustomResource {
    /**
     * Get an existing ComputeClusterVmAntiAffinityRule resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: ComputeClusterVmAntiAffinityRuleState, opts?: pulumi.CustomResourceOptions): ComputeClusterVmAntiAffinityRule;
    /**
     * Returns true if the given object is an instance of ComputeClusterVmAntiAffinityRule.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is ComputeClusterVmAntiAffinityRule;
    /**
     * The managed object ID of the cluster.
     */
    readonly computeClusterId: pulumi.Output<string>;
    /**
     * Enable this rule in the cluster.
     */
    readonly enabled: pulumi.Output<boolean | undefined>;
    /**
     * When true, prevents any virtual machine operations that may violate this rule.
     */
    readonly mandatory: pulumi.Output<boolean | undefined>;
    /**
     * The unique name of the virtual machine group in the cluster.
     */
    readonly name: pulumi.Output<string>;
    /**
     * The UUIDs of the virtual machines to run on hosts different from each other.
     */
    readonly virtualMachineIds: pulumi.Output<string[]>;
    /**
     * Create a ComputeClusterVmAntiAffinityRule resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: ComputeClusterVmAntiAffinityRuleArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering ComputeClusterVmAntiAffinityRule resources.
 */
export interface ComputeClusterVmAntiAffinityRuleState {
    /**
     * The managed object ID of the cluster.
     */
    computeClusterId?: pulumi.Input<string>;
    /**
     * Enable this rule in the cluster.
     */
    enabled?: pulumi.Input<boolean>;
    /**
     * When true, prevents any virtual machine operations that may violate this rule.
     */
    mandatory?: pulumi.Input<boolean>;
    /**
     * The unique name of the virtual machine group in the cluster.
     */
    name?: pulumi.Input<string>;
    /**
     * The UUIDs of the virtual machines to run on hosts different from each other.
     */
    virtualMachineIds?: pulumi.Input<pulumi.Input<string>[]>;
}
/**
 * The set of arguments for constructing a ComputeClusterVmAntiAffinityRule resource.
 */
export interface ComputeClusterVmAntiAffinityRuleArgs {
    /**
     * The managed object ID of the cluster.
     */
    computeClusterId: pulumi.Input<string>;
    /**
     * Enable this rule in the cluster.
     */
    enabled?: pulumi.Input<boolean>;
    /**
     * When true, prevents any virtual machine operations that may violate this rule.
     */
    mandatory?: pulumi.Input<boolean>;
    /**
     * The unique name of the virtual machine group in the cluster.
     */
    name?: pulumi.Input<string>;
    /**
     * The UUIDs of the virtual machines to run on hosts different from each other.
     */
    virtualMachineIds: pulumi.Input<pulumi.Input<string>[]>;
}
