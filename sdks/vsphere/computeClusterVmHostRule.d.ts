import * as pulumi from "@pulumi/pulumi";
export declare class ComputeClusterVmHostRule extends pulumi.CustomResource {
    /**
     * Get an existing ComputeClusterVmHostRule resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: ComputeClusterVmHostRuleState, opts?: pulumi.CustomResourceOptions): ComputeClusterVmHostRule;
    /**
     * Returns true if the given object is an instance of ComputeClusterVmHostRule.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is ComputeClusterVmHostRule;
    /**
     * When this field is used, virtual machines defined in<span pulumi-lang-nodejs=" vmGroupName " pulumi-lang-dotnet=" VmGroupName " pulumi-lang-go=" vmGroupName " pulumi-lang-python=" vm_group_name " pulumi-lang-yaml=" vmGroupName " pulumi-lang-java=" vmGroupName "> vm_group_name </span>will be run on the hosts defined in this host group.
     */
    readonly affinityHostGroupName: pulumi.Output<string | undefined>;
    /**
     * When this field is used, virtual machines defined in<span pulumi-lang-nodejs=" vmGroupName " pulumi-lang-dotnet=" VmGroupName " pulumi-lang-go=" vmGroupName " pulumi-lang-python=" vm_group_name " pulumi-lang-yaml=" vmGroupName " pulumi-lang-java=" vmGroupName "> vm_group_name </span>will not be run on the hosts defined in this host group.
     */
    readonly antiAffinityHostGroupName: pulumi.Output<string | undefined>;
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
     * The name of the virtual machine group to use with this rule.
     */
    readonly vmGroupName: pulumi.Output<string>;
    /**
     * Create a ComputeClusterVmHostRule resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: ComputeClusterVmHostRuleArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering ComputeClusterVmHostRule resources.
 */
export interface ComputeClusterVmHostRuleState {
    /**
     * When this field is used, virtual machines defined in<span pulumi-lang-nodejs=" vmGroupName " pulumi-lang-dotnet=" VmGroupName " pulumi-lang-go=" vmGroupName " pulumi-lang-python=" vm_group_name " pulumi-lang-yaml=" vmGroupName " pulumi-lang-java=" vmGroupName "> vm_group_name </span>will be run on the hosts defined in this host group.
     */
    affinityHostGroupName?: pulumi.Input<string>;
    /**
     * When this field is used, virtual machines defined in<span pulumi-lang-nodejs=" vmGroupName " pulumi-lang-dotnet=" VmGroupName " pulumi-lang-go=" vmGroupName " pulumi-lang-python=" vm_group_name " pulumi-lang-yaml=" vmGroupName " pulumi-lang-java=" vmGroupName "> vm_group_name </span>will not be run on the hosts defined in this host group.
     */
    antiAffinityHostGroupName?: pulumi.Input<string>;
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
     * The name of the virtual machine group to use with this rule.
     */
    vmGroupName?: pulumi.Input<string>;
}
/**
 * The set of arguments for constructing a ComputeClusterVmHostRule resource.
 */
export interface ComputeClusterVmHostRuleArgs {
    /**
     * When this field is used, virtual machines defined in<span pulumi-lang-nodejs=" vmGroupName " pulumi-lang-dotnet=" VmGroupName " pulumi-lang-go=" vmGroupName " pulumi-lang-python=" vm_group_name " pulumi-lang-yaml=" vmGroupName " pulumi-lang-java=" vmGroupName "> vm_group_name </span>will be run on the hosts defined in this host group.
     */
    affinityHostGroupName?: pulumi.Input<string>;
    /**
     * When this field is used, virtual machines defined in<span pulumi-lang-nodejs=" vmGroupName " pulumi-lang-dotnet=" VmGroupName " pulumi-lang-go=" vmGroupName " pulumi-lang-python=" vm_group_name " pulumi-lang-yaml=" vmGroupName " pulumi-lang-java=" vmGroupName "> vm_group_name </span>will not be run on the hosts defined in this host group.
     */
    antiAffinityHostGroupName?: pulumi.Input<string>;
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
     * The name of the virtual machine group to use with this rule.
     */
    vmGroupName: pulumi.Input<string>;
}
