import * as pulumi from "@pulumi/pulumi";
export declare class TagCategory extends pulumi.CustomResource {
    /**
     * Get an existing TagCategory resource's state with the given name, ID, and optional extra
     * properties used to qualify the lookup.
     *
     * @param name The _unique_ name of the resulting resource.
     * @param id The _unique_ provider ID of the resource to lookup.
     * @param state Any extra arguments used during the lookup.
     * @param opts Optional settings to control the behavior of the CustomResource.
     */
    static get(name: string, id: pulumi.Input<pulumi.ID>, state?: TagCategoryState, opts?: pulumi.CustomResourceOptions): TagCategory;
    /**
     * Returns true if the given object is an instance of TagCategory.  This is designed to work even
     * when multiple copies of the Pulumi SDK have been loaded into the same process.
     */
    static isInstance(obj: any): obj is TagCategory;
    /**
     * Object types to which this category's tags can be attached.
     */
    readonly associableTypes: pulumi.Output<string[]>;
    /**
     * The associated cardinality of the category. Can be one of SINGLE (object can only be assigned one tag in this category) or MULTIPLE (object can be assigned multiple tags in this category).
     */
    readonly cardinality: pulumi.Output<string>;
    /**
     * The description of the category.
     */
    readonly description: pulumi.Output<string | undefined>;
    /**
     * The display name of the category.
     */
    readonly name: pulumi.Output<string>;
    /**
     * Create a TagCategory resource with the given unique name, arguments, and options.
     *
     * @param name The _unique_ name of the resource.
     * @param args The arguments to use to populate this resource's properties.
     * @param opts A bag of options that control this resource's behavior.
     */
    constructor(name: string, args: TagCategoryArgs, opts?: pulumi.CustomResourceOptions);
}
/**
 * Input properties used for looking up and filtering TagCategory resources.
 */
export interface TagCategoryState {
    /**
     * Object types to which this category's tags can be attached.
     */
    associableTypes?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The associated cardinality of the category. Can be one of SINGLE (object can only be assigned one tag in this category) or MULTIPLE (object can be assigned multiple tags in this category).
     */
    cardinality?: pulumi.Input<string>;
    /**
     * The description of the category.
     */
    description?: pulumi.Input<string>;
    /**
     * The display name of the category.
     */
    name?: pulumi.Input<string>;
}
/**
 * The set of arguments for constructing a TagCategory resource.
 */
export interface TagCategoryArgs {
    /**
     * Object types to which this category's tags can be attached.
     */
    associableTypes: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The associated cardinality of the category. Can be one of SINGLE (object can only be assigned one tag in this category) or MULTIPLE (object can be assigned multiple tags in this category).
     */
    cardinality: pulumi.Input<string>;
    /**
     * The description of the category.
     */
    description?: pulumi.Input<string>;
    /**
     * The display name of the category.
     */
    name?: pulumi.Input<string>;
}
