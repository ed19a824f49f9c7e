import { describe, expect, it } from "vitest";
import { settledOf } from "../../site/description/changes/settled";
import { traefikCopies } from "../../site/description/gatewayApi";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { appliedOf } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import { authoritiesOf } from "../../site/pki/authorities";
import { intermediateOf } from "../../site/pki/intermediate";
import { planSite } from "../../site/plan/plan";
import { certificatePlaces } from "../../site/render/certificatePlaces";
import { imagesOf } from "../../site/render/images";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

const RANGE = "10.0.42.200-10.0.42.219";
const GATEWAY = { domain: "apps.store.example", address: "10.0.42.200" };
type Given = Partial<typeof GATEWAY>;
const described = (gatewayApi?: Given, more: Partial<SiteInput> = {}, network = {}) => {
  const base = site(threeHosts, { namespaces: [{ name: "tills" }], ...more });
  return {
    ...base,
    network: { ...base.network, serviceAddresses: RANGE, ...network },
    ...(gatewayApi && { addons: { gatewayApi: { ...GATEWAY, ...gatewayApi } } }),
  };
};
const planned = (gatewayApi?: Given, more: Partial<SiteInput> = {}) => planSite(parseSite(described(gatewayApi, more)));

describe("Gateways that are answered for", () => {
  it.each<[string, Given, Partial<SiteInput>, object, string[]]>([
    ["an address of the range and a domain", {}, {}, {}, []],
    ["the last address of the range", { address: "10.0.42.219" }, {}, {}, []],
    [
      "an address outside the range",
      { address: "10.0.42.220" },
      {},
      {},
      [
        "addons.gatewayApi.address: 10.0.42.220 is outside network.serviceAddresses 10.0.42.200-10.0.42.219, and nobody answers for it; use an address of that range",
      ],
    ],
    [
      "no range",
      {},
      {},
      { serviceAddresses: undefined },
      [
        "addons.gatewayApi.address: nobody answers for it: the site has no range for Services; set network.serviceAddresses to a range that holds it",
      ],
    ],
    [
      "the API's own address",
      { address: "10.0.42.5" },
      {},
      {},
      [
        "addons.gatewayApi.address: 10.0.42.5 is the API's virtual address, network.apiVip; give the address that answers for Gateways an address of its own",
        "addons.gatewayApi.address: 10.0.42.5 is outside network.serviceAddresses 10.0.42.200-10.0.42.219, and nobody answers for it; use an address of that range",
      ],
    ],
    [
      "the cluster's own domain",
      { domain: "cluster.local" },
      {},
      {},
      [
        "addons.gatewayApi.domain: cluster.local and network.domain cluster.local lie in each other, and a certificate could stand for the cluster's own names; use a domain of your own DNS, for example apps.store.example",
      ],
    ],
    [
      "a domain that holds the cluster's",
      { domain: "store.example" },
      {},
      { domain: "k8s.store.example" },
      [
        "addons.gatewayApi.domain: store.example and network.domain k8s.store.example lie in each other, and a certificate could stand for the cluster's own names; use a domain of your own DNS, for example apps.store.example",
      ],
    ],
    [
      "a domain with who lets people in, the registry and vCenter in it",
      { domain: "store.example" },
      {
        access: { oidc: { issuer: "https://login.STORE.example/it", clientId: "shop" } },
        kubernetes: { version: "1.37.2", imageRepository: "registry.store.example/k8s" },
      },
      {},
      [
        "addons.gatewayApi.domain: the registry, kubernetes.imageRepository registry.store.example, is in store.example, and who may issue certificates in the cluster could stand for it; use a domain for what the cluster serves alone, for example apps.store.example",
        "addons.gatewayApi.domain: the issuer that people sign in at, access.oidc.issuer login.store.example, is in store.example, and who may issue certificates in the cluster could stand for it; use a domain for what the cluster serves alone, for example apps.store.example",
      ],
    ],
    [
      "no namespaces",
      {},
      { namespaces: undefined },
      {},
      [
        "addons.gatewayApi: the description has no namespaces, and Gateways and routes are read in those alone; describe the namespaces of what is to be reached",
      ],
    ],
    [
      "namespaces that are its own",
      {},
      { namespaces: [{ name: "traefik" }, { name: "cert-manager" }] },
      {},
      [
        "namespaces[0].name: traefik is its own, which addons.gatewayApi brings; use another name",
        "namespaces[1].name: cert-manager is its own, which addons.gatewayApi brings; use another name",
      ],
    ],
  ])("%s", (_, gatewayApi, more, network, problems) => {
    expect(refusal(described(gatewayApi, more, network))).toEqual(problems);
  });

  it.each<[string, unknown]>([
    ["a top-level domain", { domain: "example" }],
    ["a wildcard", { domain: "*.store.example" }],
    ["a domain in capitals", { domain: "Apps.Store.example" }],
    ["an address for a domain", { domain: "10.0.42.7" }],
    ["a domain with a dot before it", { domain: ".store.example" }],
    ["a domain with a line feed", { domain: "store.example\nextra" }],
    ["a domain with a quote", { domain: 'store.example"' }],
    ["addresses of two", { address: RANGE }],
    ["a name for an address", { address: "gateway.store.example" }],
    ["an address of IPv6", { address: "fd00::1" }],
    ["a number for an address", { address: 10 }],
    ["a setting with a typo", { adress: "10.0.42.200" }],
  ])("%s is refused", (_, given) => {
    const [first = "", ...others] = refusal(described(given as Given));
    expect(first).toMatch(/^addons\.gatewayApi(\.\w+)?: .+; .+/);
    expect(others).toEqual([]);
  });

  it("needs both, and nothing else", () => {
    const only = (gatewayApi: unknown) => refusal({ ...described(), addons: { gatewayApi } });
    expect(only({ domain: GATEWAY.domain })).toEqual([expect.stringMatching(/^addons\.gatewayApi\.address: /)]);
    expect(only({ address: GATEWAY.address })).toEqual([expect.stringMatching(/^addons\.gatewayApi\.domain: /)]);
    expect(only("yes")).toEqual([expect.stringMatching(/^addons\.gatewayApi: /)]);
  });

  it("changes nothing of a site that has none", () => {
    const [without, withGateway] = [planned(), planned({})];
    expect(JSON.stringify([without, settledOf(without.spec), factsOfPlan(without)])).not.toMatch(
      /gateway-?api|traefik|cert-manager/i,
    );
    expect(authoritiesOf(without).map(({ id }) => id)).toEqual(["cluster", "etcd", "front-proxy"]);
    expect([...certificatePlaces(without).keys()].join()).not.toContain("services");
    expect(withGateway.machines).toEqual(without.machines);
    const sources = imagesOf(without).map(({ source }) => source);
    expect(imagesOf(withGateway).filter(({ source }) => !sources.includes(source))).toEqual(
      ["docker.io/library/traefik:v3.7.13", "quay.io/jetstack/cert-manager-controller:v1.21.2"].map((image) => ({
        image,
        source: image,
        usedBy: "add-on",
      })),
    );
  });

  it("comes from the site's own registry where it has one", () => {
    const kubernetes = { version: "1.37.2", imageRepository: "registry.example/k8s" };
    const images = imagesOf(planned({}, { kubernetes })).map(({ image }) => image);
    expect(images).toContain("registry.example/k8s/library/traefik:v3.7.13");
    expect(images).toContain("registry.example/k8s/jetstack/cert-manager-controller:v1.21.2");
  });

  it("is counted in what workers have left", () => {
    const left = (plan: ReturnType<typeof planned>) =>
      singleFailures(factsOfPlan(plan)).find(({ kind, workersLeft }) => kind === "host" && workersLeft === 1)
        ?.capacityLeft;
    expect(left(planned())).toEqual({ cpus: 3.9, memoryGiB: 13 });
    expect(left(planned({}))).toEqual({ cpus: 3.8, memoryGiB: 12.8 });
  });

  it("has two copies where there are two workers, and one where there is one", () => {
    const copies = (count: number) => traefikCopies({ workers: [{ count }] as never });
    expect([1, 2, 7].map(copies)).toEqual([1, 2, 2]);
  });

  it("is judged when it changes or goes", () => {
    const cautions = (before: Given | undefined, after: Given | undefined) =>
      changeOfStanding(planned(after), appliedOf(planned(before))).cautions.map(({ path, fact }) => `${path}: ${fact}`);
    expect(cautions(undefined, {})).toEqual([]);
    expect(cautions({}, {})).toEqual([]);
    expect(cautions({}, { address: "10.0.42.201" })).toEqual([
      expect.stringMatching(/^addons\.gatewayApi\.address: .* nobody answers at the old one any more/),
    ]);
    expect(cautions({}, { domain: "shop.store.example" })).toEqual([
      expect.stringMatching(/^addons\.gatewayApi\.domain: .* certificates for the old one are not renewed/),
    ]);
    expect(cautions({}, undefined).length).toBeGreaterThan(0);
  });
});

describe("the authority in the cluster", () => {
  const plan = planned({});

  it("stands below one of its own, which lies nowhere on the site and which clients of several sites tell apart", () => {
    const [services] = authoritiesOf(plan).filter(({ id }) => id === "services");
    expect(services).toMatchObject({ name: "services-ca", commonName: "shop-services-ca", signs: true });
    const places = certificatePlaces(plan);
    expect(places.get("authority/services")?.map(({ where }) => where)).toEqual(["cluster", "operator"]);
    expect(places.get("certificate/services-intermediate")).toEqual([
      { where: "cluster", path: "secret cert-manager/site-authority", usedBy: ["cert-manager"] },
    ]);
  });

  it("outlasts what it has signed, and the time that the site lives alone", () => {
    const of = (pki: SiteInput["pki"]) => {
      const about = intermediateOf(planned({}, { pki }));
      if (about === undefined) throw new Error("the site has none");
      return [about.renewedAfterHours, about.validityHours - about.renewedAfterHours];
    };
    expect(of({})).toEqual([8760, 2190 + 24 * 730]);
    expect(of({ aloneMonths: 0 })).toEqual([8760, 2190]);
    expect(of({ aloneMonths: 0, certificateHours: 48, earlyRenewalHours: 12 })).toEqual([48, 90 * 24]);
  });
});
