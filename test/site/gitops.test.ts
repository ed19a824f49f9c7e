import { describe, expect, it } from "vitest";
import { settledOf } from "../../site/description/changes/settled";
import { repositoryOf } from "../../site/description/flux";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { FLUX_IMAGES } from "../../site/description/versions";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { appliedOf } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import { planSite } from "../../site/plan/plan";
import { imagesOf } from "../../site/render/images";
import { hostKeyOf } from "../support/hostKeys";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

type Flux = NonNullable<SiteInput["gitops"]>["flux"];

const HTTPS = "https://git.example/store/site.git";
const SSH = "ssh://git@git.example/store/site.git";
const described = (flux: Partial<Flux> = {}, more: Partial<SiteInput> = {}) =>
  site(threeHosts, { namespaces: [{ name: "tills" }], gitops: { flux: { url: HTTPS, ...flux } }, ...more });
const planned = (flux?: Partial<Flux>, more?: Partial<SiteInput>) => planSite(parseSite(described(flux, more)));
const without = () => planSite(parseSite(site(threeHosts, { namespaces: [{ name: "tills" }] })));

describe("a repository that is followed", () => {
  it.each<[string, Partial<Flux>]>([
    ["an https address, of which a branch is followed", {}],
    ["another branch and a folder of it", { branch: "release/2026-11", path: "sites/store-042/" }],
    ["a tag", { tag: "v1.2.3" }],
    ["who signs in, and an authority of the owner's", { user: "site", url: "https://git.example:8443/a/b" }],
    ["an ssh address with its keys", { url: SSH, hostKeys: [hostKeyOf(1), hostKeyOf(2)] }],
    [
      "a server by its address and port",
      { url: "ssh://git@192.0.2.7:2222/srv/~me/site.git", hostKeys: [hostKeyOf(1)] },
    ],
  ])("may be described by %s", (_, flux) => {
    expect(refusal(described(flux))).toEqual([]);
  });

  it("is asked at the port of its scheme unless it names one", () => {
    const asked = (url: string) => repositoryOf({ flux: { url } } as Parameters<typeof repositoryOf>[0]);
    expect(asked(HTTPS)).toEqual({ scheme: "https", host: "git.example", port: 443 });
    expect(asked("https://git.example:8443/a")).toMatchObject({ port: 8443 });
    expect(asked(SSH)).toEqual({ scheme: "ssh", host: "git.example", port: 22 });
    expect(asked("ssh://git@192.0.2.7:2222/a")).toEqual({ scheme: "ssh", host: "192.0.2.7", port: 2222 });
  });

  const URL_FIX = "use https://host/path or ssh://user@host/path, with :port before the path where it needs one";
  it.each<[string, string, string]>([
    ["clear text", "http://git.example/a", "by http:// whoever is on the way could put workloads into the cluster"],
    [
      "git's own protocol",
      "git://git.example/a",
      "by git:// whoever is on the way could put workloads into the cluster",
    ],
    [
      "a file",
      "file:///srv/site.git",
      "it is neither an https nor an ssh address, and source-controller knows no other",
    ],
    ["a login in it", "https://me:s3cret@git.example/a", "it holds a login, and a description holds no secrets"],
    ["a token in it", "https://ghp_s3cret@git.example/a", "it holds a login, and a description holds no secrets"],
    ["a password for ssh", "ssh://git:s3cret@git.example/a", "it holds a login, and a description holds no secrets"],
    ["nobody who signs in", "ssh://git.example/a", "it does not say who signs in, as git does in ssh://git@host/path"],
    ["the form without ssh://", "git@git.example:store/site.git", "it is no address of a Git repository"],
    ["no host", "https://.../a", "its host is neither a DNS name nor an IPv4 address"],
    ["no path", "https://git.example", "what follows its host is no path of a repository"],
    ["a question", "https://git.example/a?token=s3cret", "what follows its host is no path of a repository"],
    [
      "an option of ssh's",
      "ssh://-oProxyCommand=s3cret@git.example/a",
      "it does not say who signs in, as git does in ssh://git@host/path",
    ],
    ["a shell's words", "ssh://git@git.example/a;id", "what follows its host is no path of a repository"],
    ["lines of its own", "https://git.example/a\nsecond", "it is no address of a Git repository"],
    ["letters that stand for others", "https://git%2eexample/a", "it is no address of a Git repository"],
    ["a stroke that leans the other way", "https://git.example\\a", "it is no address of a Git repository"],
  ])("is refused with %s, and what may be a secret in it is not told", (_, url, fact) => {
    const [line = "", ...others] = refusal(described({ url }));
    expect(line).toBe(`gitops.flux.url: ${fact}; ${URL_FIX}`);
    expect(line).not.toContain("s3cret");
    expect(others).toEqual([]);
  });

  it.each<[string, Partial<Flux>, string[]]>([
    ["a folder above it", { path: "../other" }, ["gitops.flux.path: "]],
    ["a folder by way of one above", { path: "a/../../b" }, ["gitops.flux.path: "]],
    ["a folder of the machine", { path: "/etc" }, ["gitops.flux.path: "]],
    ["a folder with a blank", { path: "a b" }, ["gitops.flux.path: "]],
    ["an option in place of a branch", { branch: "--upload-pack=id" }, ["gitops.flux.branch: "]],
    ["a branch that git does not take", { branch: "a..b" }, ["gitops.flux.branch: "]],
    ["a branch of a lock", { branch: "a.lock" }, ["gitops.flux.branch: "]],
    ["no time between looks", { intervalMinutes: 0 }, ["gitops.flux.intervalMinutes: "]],
    ["a login with a colon", { user: "me:s3cret" }, ["gitops.flux.user: "]],
    ["something that is no key", { url: SSH, hostKeys: ["ssh-ed25519 AAAA"] }, ["gitops.flux.hostKeys[0]: "]],
    ["something that is no certificate", { ca: "-----BEGIN CERTIFICATE-----" }, ["gitops.flux.ca: "]],
    ["a branch and a tag", { branch: "main", tag: "v1" }, ["gitops.flux.tag: the branch main is named, too, "]],
    ["a server that nobody knows", { url: SSH }, ["gitops.flux.hostKeys: there is none, and any machine "]],
    [
      "a key twice",
      { url: SSH, hostKeys: [hostKeyOf(1), hostKeyOf(1)] },
      ["gitops.flux.hostKeys[1]: it is listed already; list it once"],
    ],
    [
      "keys where none is asked for",
      { hostKeys: [hostKeyOf(1)] },
      ["gitops.flux.hostKeys: nobody asks for it where the address is https://; leave it out"],
    ],
    [
      "a login where a key signs in",
      { url: SSH, hostKeys: [hostKeyOf(1)], user: "me" },
      ["gitops.flux.user: nobody asks for it where the address is ssh://; leave it out"],
    ],
  ])("is refused with %s", (_, flux, lines) => {
    const said = refusal(described(flux));
    expect(said.map((line, i) => line.slice(0, lines[i]?.length))).toEqual(lines);
  });

  it("has somewhere to write: the description's namespaces, or everywhere", () => {
    const nowhere = { namespaces: undefined };
    expect(refusal(described({}, nowhere))).toEqual([
      "gitops.flux.clusterWide: the description has no namespaces, and Flux may write in those alone; describe the namespaces of what it applies, or set clusterWide: true",
    ]);
    expect(refusal(described({ clusterWide: true }, nowhere))).toEqual([]);
  });

  it("has a namespace that nobody else has", () => {
    const taken = { namespaces: [{ name: "flux-system" }] };
    expect(refusal(described({}, taken))).toEqual([
      "namespaces[0].name: flux-system is Flux's, which gitops.flux brings; use another name",
    ]);
    expect(refusal(site(threeHosts, taken))).toEqual([]);
  });

  it("is a machine apart from the site's", () => {
    expect(refusal(described({ url: "https://10.0.42.20/a" }))).toEqual([
      "gitops.flux.url: 10.0.42.20 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ]);
    expect(refusal(described({ url: "https://shop-etcd-a.store.example/a" }))).toEqual([
      "gitops.flux.url: shop-etcd-a.store.example is a machine of the site; use the Git server apart from it",
    ]);
    expect(refusal(described({ url: "https://127.0.0.1/a" }))).toEqual([
      expect.stringMatching(/^gitops\.flux\.url: 127\.0\.0\.1 is in 127\.0\.0\.0\/8/),
    ]);
  });
});

describe("hand-over to a repository", () => {
  it("changes nothing of a site that has none, nor of the machines of one that has", () => {
    const plan = without();
    expect(JSON.stringify([plan, settledOf(plan.spec), factsOfPlan(plan), imagesOf(plan)])).not.toMatch(/gitops|flux/i);
    expect(planned().machines).toEqual(plan.machines);
  });

  it("asks for two images, of GitHub's registry or the site's own", () => {
    const listed = (plan: ReturnType<typeof planned>) =>
      imagesOf(plan).flatMap(({ image, source }) => (source.includes("fluxcd") ? [{ image, source }] : []));
    const paths = Object.values(FLUX_IMAGES);
    expect(listed(planned())).toEqual(paths.map((path) => ({ image: `ghcr.io/${path}`, source: `ghcr.io/${path}` })));
    const kubernetes = { version: "1.37.2", imageRepository: "registry.example/k8s" };
    expect(listed(planned({}, { kubernetes }))).toEqual(
      paths.map((path) => ({ image: `registry.example/k8s/${path}`, source: `ghcr.io/${path}` })),
    );
    expect(listed(without())).toEqual([]);
  });

  it("is counted in what workers have left: any of them may run both controllers", () => {
    const left = (plan: ReturnType<typeof planned>) =>
      singleFailures(factsOfPlan(plan)).find(({ kind, workersLeft }) => kind === "host" && workersLeft === 1)
        ?.capacityLeft;
    expect(left(without())).toEqual({ cpus: 3.9, memoryGiB: 13.1 });
    expect(left(planned())).toEqual({ cpus: 3.9, memoryGiB: 12.8 });
  });

  it("is judged when another repository, branch or folder is followed, and when it is left out", () => {
    const cautions = (before: ReturnType<typeof planned>, after: ReturnType<typeof planned>) =>
      changeOfStanding(after, appliedOf(before)).cautions.map(({ path, fact }) => `${path}: ${fact}`);
    expect(cautions(without(), planned())).toEqual([]);
    expect(cautions(planned(), planned({ intervalMinutes: 9 }))).toEqual([]);
    expect(cautions(planned({ path: "a" }), planned({ path: "b" }))).toEqual([
      expect.stringMatching(
        /^gitops\.flux\.path: "?a"? becomes "?b"? at a site that runs: what was applied and is not in/,
      ),
    ]);
    expect(cautions(planned(), without()).join()).toMatch(
      /gitops\.flux\.url: \S+ is left out at a site that runs: .+; where Flux goes, all of it stays/,
    );
  });
});
