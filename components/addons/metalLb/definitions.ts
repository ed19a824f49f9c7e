import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import type * as pulumi from "@pulumi/pulumi";
import { untypedDefinition } from "../definition";

/** The API group of MetalLB's own objects. */
export const GROUP = "metallb.io";

/** MetalLB waits for each of them to be there, those of BGP too, of which a site has none. */
const KINDS: readonly [kind: string, plural: string, ...versions: string[]][] = [
  ["BFDProfile", "bfdprofiles", "v1beta1"],
  ["BGPAdvertisement", "bgpadvertisements", "v1beta1"],
  ["BGPPeer", "bgppeers", "v1beta2", "v1beta1"],
  ["Community", "communities", "v1beta1"],
  ["ConfigurationState", "configurationstates", "v1beta1"],
  ["IPAddressPool", "ipaddresspools", "v1beta1"],
  ["L2Advertisement", "l2advertisements", "v1beta1"],
  ["ServiceBGPStatus", "servicebgpstatuses", "v1beta1"],
  ["ServiceL2Status", "servicel2statuses", "v1beta1"],
];

/** The kinds of objects that MetalLB reads and writes. It says in its ConfigurationState what it cannot use. */
export function metalLbDefinitions(
  named: (suffix: string) => string,
  opts: pulumi.CustomResourceOptions,
): CustomResourceDefinition[] {
  return KINDS.map(
    ([kind, plural, ...versions]) =>
      new CustomResourceDefinition(
        named(`definition-${plural}`),
        untypedDefinition({ group: GROUP, kind, plural, versions }),
        opts,
      ),
  );
}
