import { describe, expect, it } from "vitest";
import { kustomizeDeployment, sourceDeployment } from "../../components/addons/flux/workloads";
import { certManagerDeployment } from "../../components/addons/gatewayApi/certManager";
import { traefikBudget, traefikDeployment } from "../../components/addons/gatewayApi/traefik";
import { localVolumesSettings } from "../../components/addons/localVolumes/settings";
import { provisionerDeployment } from "../../components/addons/localVolumes/workload";
import { controllerDeployment, speakerDaemonSet } from "../../components/addons/metalLb/workloads";
import { fluxImages, gatewayImages, localVolumesImage, metalLbImages } from "../../site/render/images";
import { demoPlan, judged, type Props, type Resource, stackOf } from "../support/demoStack";
import { object } from "./objects/resources";

const plan = demoPlan((site) => {
  site.network.serviceAddresses = "10.42.0.200-10.42.0.219";
});
const images = metalLbImages(plan.spec);

const namespaceOf = (name: string, level = "privileged") =>
  object(
    "Namespace",
    { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": level } } },
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

const volumesPlan = demoPlan((site) => {
  site.addons = { localVolumes: {} };
  site.workers[0].volumesGiB = 50;
});

/** What gives claims volumes, in its namespace or elsewhere. */
function localVolumes(namespace = "local-path-storage"): Resource[] {
  const image = localVolumesImage(volumesPlan.spec);
  const { metadata, ...rest } = provisionerDeployment(image, localVolumesSettings(["demo-general-a"], image));
  return [
    namespaceOf(namespace),
    object("Deployment", { metadata: { ...metadata, namespace }, ...rest }, "provisioner", "apps/v1"),
  ];
}

describe.each([true, false])("what gives claims volumes (preview: %s)", (preview) => {
  it("has a namespace of its own where helpers may reach a disk, and is itself held to every rule", () => {
    expect(refused([...stackOf(volumesPlan), ...localVolumes()], preview)).toEqual([]);
  });

  it("is not let in where the description has none, nor elsewhere", () => {
    const all = ["image-registry provisioner", "namespace-pod-security namespace-local-path-storage"];
    expect(refused([...stackOf(demoPlan()), ...localVolumes()], preview)).toEqual(all);
    expect(refused([...stackOf(volumesPlan), ...localVolumes("tills")], preview)).toEqual(
      all.map((line) => line.replace("local-path-storage", "tills")),
    );
  });
});

const fluxPlan = demoPlan((site) => {
  site.namespaces = [{ name: "tills" }];
  site.gitops = { flux: { url: "https://git.example/site.git" } };
});

/** What applies a repository, in its namespace or elsewhere. */
function flux(namespace = "flux-system", level = "restricted"): Resource[] {
  const images = fluxImages(fluxPlan.spec);
  const within = ({ metadata, ...rest }: Props): Props => ({ metadata: { ...metadata, namespace }, ...rest });
  return [
    namespaceOf(namespace, level),
    object("Deployment", within(sourceDeployment(images.source, "cluster.local")), "source", "apps/v1"),
    object("Deployment", within(kustomizeDeployment(images.kustomize)), "kustomize", "apps/v1"),
  ];
}

describe.each([true, false])("what applies a repository (preview: %s)", (preview) => {
  it("comes from its registry into its namespace, and is held to every rule", () => {
    expect(refused([...stackOf(fluxPlan), ...flux()], preview)).toEqual([]);
    expect(refused([...stackOf(fluxPlan), ...flux("flux-system", "privileged")], preview)).toEqual([
      "namespace-pod-security namespace-flux-system",
    ]);
  });

  it("is not let in where the description has none, nor elsewhere", () => {
    const all = ["image-registry kustomize", "image-registry source"];
    expect(refused([...stackOf(demoPlan()), ...flux()], preview)).toEqual(all);
    expect(refused([...stackOf(fluxPlan), ...flux("tills")], preview)).toEqual(all);
  });
});

const gatewayPlan = demoPlan((site) => {
  site.network.serviceAddresses = "10.42.0.200-10.42.0.219";
  site.namespaces = [{ name: "tills" }];
  site.addons = { gatewayApi: { domain: "apps.store.example", address: "10.42.0.200" } };
});

/** What answers for Gateways, and what issues their certificates, in their namespaces or in one of others. */
function gateway(elsewhere?: string): Resource[] {
  const images = gatewayImages(gatewayPlan.spec);
  const within = ({ metadata, ...rest }: Props): Props => ({
    metadata: { ...metadata, namespace: elsewhere ?? metadata.namespace },
    ...rest,
  });
  const settings = { address: "10.42.0.200", namespaces: ["tills"], copies: 2 };
  return [
    ...["traefik", "cert-manager"].map((name) => namespaceOf(name, "restricted")),
    object("Deployment", within(traefikDeployment(images.traefik, settings)), "answers", "apps/v1"),
    object("PodDisruptionBudget", within(traefikBudget), "budget", "policy/v1"),
    object("Deployment", within(certManagerDeployment(images.certManager)), "issues", "apps/v1"),
  ];
}

describe.each([true, false])("what answers for Gateways (preview: %s)", (preview) => {
  it("comes from its registries into its namespaces, and is held to every rule", () => {
    expect(refused([...stackOf(gatewayPlan), ...gateway()], preview)).toEqual([]);
  });

  it("is not let in where the description has none, nor elsewhere", () => {
    const all = ["image-registry answers", "image-registry issues"];
    expect(refused([...stackOf(demoPlan()), ...gateway()], preview)).toEqual(all);
    expect(refused([...stackOf(gatewayPlan), ...gateway("tills")], preview)).toEqual(all);
    // One's registry is not the other's.
    expect(refused([...stackOf(gatewayPlan), ...gateway("cert-manager")], preview)).toEqual(["image-registry answers"]);
  });
});
