import { describe, expect, it } from "vitest";
import { controllerDeployment, speakerDaemonSet } from "../../components/addons/metalLb/workloads";
import { metalLbImages } from "../../site/render/images";
import { demoPlan, judged, type Props, type Resource, stackOf } from "../support/demoStack";
import { object } from "./objects/resources";

const plan = demoPlan((site) => {
  site.network.serviceAddresses = "10.42.0.200-10.42.0.219";
});
const images = metalLbImages(plan.spec);

const namespaceOf = (name: string) =>
  object(
    "Namespace",
    { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
    `namespace-${name}`,
  );

/** MetalLB's namespace and what runs in it, or the same elsewhere. */
function metalLb(namespace = "metallb-system"): Resource[] {
  const within = ({ metadata, ...rest }: Props): Props => ({ metadata: { ...metadata, namespace }, ...rest });
  return [
    namespaceOf(namespace),
    object("Deployment", within(controllerDeployment(images.controller)), "controller", "apps/v1"),
    object("DaemonSet", within(speakerDaemonSet(images.speaker)), "speaker", "apps/v1"),
  ];
}

const refused = (resources: Resource[], preview: boolean) =>
  judged(resources, { preview })
    .filter(({ level }) => level === "mandatory")
    .map(({ policy, resource }) => `${policy} ${resource}`)
    .sort();

describe.each([true, false])("what answers for Services (preview: %s)", (preview) => {
  it("may be root in its node's network, from its registry, where the description has a range", () => {
    expect(refused([...stackOf(plan), ...metalLb()], preview)).toEqual([]);
  });

  it("may not where it has none, and nothing else may be so", () => {
    const all = [
      "image-registry controller",
      "image-registry speaker",
      "namespace-pod-security namespace-metallb-system",
      "workload-host-namespaces speaker",
      "workload-non-root speaker",
    ];
    expect(refused([...stackOf(demoPlan()), ...metalLb()], preview)).toEqual(all);
    expect(refused([...stackOf(plan), ...metalLb("tills")], preview)).toEqual(
      all.map((line) => line.replace("metallb-system", "tills")),
    );
    const [namespace, controller] = metalLb() as [Resource, Resource];
    const { template } = controller.inputs.spec;
    template.spec.hostNetwork = true;
    expect(refused([...stackOf(plan), namespace, controller], preview)).toEqual([
      "workload-host-namespaces controller",
    ]);
  });
});
