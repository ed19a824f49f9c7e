import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Artifact, ensure, type Run } from "../build/artifact";
import { machineBase } from "../machine/base";
import { metalLb } from "../programs/metalLb";
import { currentRelease, type Release } from "../programs/release";
import {
  AGNHOST,
  containerd,
  descheduler,
  kubeRouter,
  kubernetes,
  localPathProvisioner,
  metricsServer,
  pause,
} from "../programs/upstream";
import { type ContainerImage, writeLayout } from "./container-image";
import { preload } from "./image-store";

const REGISTRY = "registry.k8s.io";

/** An image that is one program of an artifact at one path. */
interface ProgramImage {
  /** Default: Kubernetes' own. */
  registry?: string;
  image: string;
  artifact: Artifact;
  program: string;
  path: string;
  command?: string[];
  user?: string;
  /** Programs that it calls, by their paths in the machines' own base. */
  tools?: string[];
}

/** iptables (by nftables) and nft. */
const filterTools = ["usr/sbin/xtables-nft-multi", "usr/sbin/nft"];

/** Names, paths and users are upstream's, so that upstream's manifests fit. */
function programsOf(release: Release): ProgramImage[] {
  const ofKubernetes = (program: string, tools?: string[]): ProgramImage => ({
    image: `${program}:v${release.kubernetes.version}`,
    artifact: release.kubernetes,
    program,
    path: `usr/local/bin/${program}`,
    tools,
  });
  return [
    ofKubernetes("kube-apiserver"),
    ofKubernetes("kube-controller-manager"),
    ofKubernetes("kube-scheduler"),
    ofKubernetes("kube-proxy", filterTools),
    { image: `pause:${pause.version}`, artifact: pause, program: "pause", path: "pause", user: "65535:65535" },
    ...release.coredns.map((artifact) => ({
      image: `coredns/coredns:v${artifact.version}`,
      artifact,
      program: "coredns",
      path: "coredns",
      user: "65532:65532",
    })),
    {
      image: `metrics-server/metrics-server:v${metricsServer.version}`,
      artifact: metricsServer,
      program: "metrics-server",
      path: "metrics-server",
      user: "65534",
    },
    {
      image: `descheduler/descheduler:v${descheduler.version}`,
      artifact: descheduler,
      program: "descheduler",
      path: "bin/descheduler",
      user: "1000",
    },
    {
      registry: "docker.io",
      image: `cloudnativelabs/kube-router:v${kubeRouter.version}`,
      artifact: kubeRouter,
      program: "kube-router",
      path: "usr/local/bin/kube-router",
      // Upstream's has a shell, too.
      tools: [...filterTools, "usr/sbin/ipset", "usr/bin/sh"],
    },
    ...["controller", "speaker"].map((program) => ({
      registry: "quay.io",
      image: `metallb/${program}:v${metalLb.version}`,
      artifact: metalLb,
      program,
      path: program,
    })),
    {
      registry: "docker.io",
      image: `rancher/local-path-provisioner:v${localPathProvisioner.version}`,
      artifact: localPathProvisioner,
      program: "local-path-provisioner",
      path: "usr/bin/local-path-provisioner",
      // Its helpers run the shell of the same image.
      tools: ["usr/bin/sh", "usr/bin/mkdir", "usr/bin/rm"],
    },
    {
      image: AGNHOST,
      artifact: kubernetes,
      program: "agnhost",
      path: "agnhost",
      command: ["pause"],
    },
  ];
}

/**
 * Every container image of a release's machines, unpacked: `layers/` (their trees), `containerd/` (what an empty
 * /var/lib/containerd is filled with; its layers are links to the trees) and `digests.json` (name → digest).
 */
export function containerImages(release: Release = currentRelease): Artifact {
  const programs = programsOf(release);
  const own = [release.kubernetes, kubernetes, ...release.coredns];
  const sources = [
    ...own,
    metricsServer,
    descheduler,
    kubeRouter,
    metalLb,
    localPathProvisioner,
    pause,
    containerd,
    machineBase(),
  ];
  return {
    name: "container-images",
    version: release.kubernetes.version,
    title: `the container images of the lab for Kubernetes ${release.kubernetes.version}`,
    expected: "about 15 s",
    inputs: [
      ...[...new Set(sources)].flatMap(({ inputs }) => inputs),
      ...["container-images.ts", "container-image.ts", "image-store.ts"].map((file) => `image/containers/${file}`),
      programs.map(({ image }) => image).join(),
    ],
    build: async (dir, run) => {
      const work = join(dir, "work");
      const digests = await layImages(work, programs, run);
      await preload(dir, join(work, "layout"), digests, run);
      await writeFile(join(dir, "digests.json"), `${JSON.stringify(digests, null, 2)}\n`);
      await rm(work, { recursive: true });
    },
  };
}

/** The same images as an OCI image layout (`layout/`), for where registries cannot be asked. */
export function imageLayout(release: Release = currentRelease): Artifact {
  const { version, inputs } = containerImages(release);
  return {
    name: "image-layout",
    version,
    title: `the container images for Kubernetes ${version} as an OCI image layout`,
    expected: "about 15 s",
    inputs,
    build: async (dir, run) => {
      await layImages(dir, programsOf(release), run);
      await rm(join(dir, "roots"), { recursive: true });
    },
  };
}

/** Writes images into `layout/`, whose trees are put together in `roots/`. Resolves to their digests by name. */
async function layImages(work: string, programs: ProgramImage[], run: Run): Promise<Record<string, string>> {
  const images: ContainerImage[] = [];
  for (const program of programs) images.push(await stage(join(work, "roots"), program, run));
  return writeLayout(join(work, "layout"), images, run);
}

/** The digest of every image by its name: `registry.k8s.io/pause:3.10.2` → `sha256:…`. */
export async function imageDigests(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(await ensure(containerImages()), "digests.json"), "utf8"));
}

async function stage(roots: string, program: ProgramImage, run: Run): Promise<ContainerImage> {
  const root = join(roots, program.image.replaceAll(/[/:]/g, "-"));
  const target = join(root, program.path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(await ensure(program.artifact), program.program), target);
  if (program.tools) await addTools(root, program.tools, run);
  const { command, user, registry = REGISTRY } = program;
  return { name: `${registry}/${program.image}`, root, entrypoint: [`/${program.path}`], command, user };
}

/** Programs of the machines' own base, and what they load; iptables under all its names. */
async function addTools(root: string, tools: string[], run: Run): Promise<void> {
  const base = `${root}.base`;
  await mkdir(base);
  await run("tar", ["-C", base, "-xf", join(await ensure(machineBase()), "base.tar")]);
  const hasFilters = tools.some((tool) => filterTools.includes(tool));
  const extensions = "usr/lib/x86_64-linux-gnu/xtables";
  const modules = hasFilters ? (await readdir(join(base, extensions))).filter((name) => name.endsWith(".so")) : [];
  const loaded = [...tools, ...modules.map((name) => `${extensions}/${name}`)];
  const libraries = await run("chroot", [base, "ldd", ...loaded.map((path) => `/${path}`)]);
  const files = new Set([...libraries.matchAll(/^\s+(?:\S+ => )?(\/lib\S+) \(/gm)].map(([, path]) => `usr${path}`));
  await run("cp", ["-a", "--parents", "-L", ...files, ...tools, ...(hasFilters ? [extensions] : []), root], {
    cwd: base,
  });
  for (const folder of ["bin", "lib", "lib64"])
    if (existsSync(join(root, "usr", folder))) await symlink(`usr/${folder}`, join(root, folder));
  for (const family of hasFilters ? ["iptables", "ip6tables"] : [])
    for (const name of [family, `${family}-save`, `${family}-restore`])
      await symlink("xtables-nft-multi", join(root, "usr/sbin", name));
  if (hasFilters) await mkdir(join(root, "run"));
  await rm(base, { recursive: true });
}
