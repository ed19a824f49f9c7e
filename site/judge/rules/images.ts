import { listed } from "../../description/listed";
import { type Facts, nodeAddOn, objectsOf } from "../../facts/model";
import type { ContainerFact, WorkloadFact } from "../../facts/objects";
import { type Breach, parameterised, rule } from "./rule";

const source = "S8 [B, P]";

interface Used {
  workload: WorkloadFact;
  container: ContainerFact;
  image: string;
}

/** Every image that is known; one that is missing is the empty text. */
function images(facts: Facts): Used[] {
  return objectsOf(facts, "workloads").flatMap((workload) =>
    workload.containers.flatMap((container) =>
      container.image === undefined ? [] : [{ workload, container, image: container.image ?? "" }],
    ),
  );
}

function breach({ workload, container }: Used, message: string): Breach {
  return { path: workload.path, message: `container ${container.name}: ${message}` };
}

/** `nginx` is docker.io/library/nginx. */
function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0) return `docker.io/library/${image}`;
  return first.includes(".") || first.includes(":") || first === "localhost" ? image : `docker.io/${image}`;
}

function tagOf(image: string): string | undefined {
  const last = (image.split("@")[0] ?? "").split("/").at(-1) ?? "";
  return last.includes(":") ? last.slice(last.indexOf(":") + 1) : undefined;
}

export const imageRegistries = parameterised<{ allowed: string[] }>()({
  id: "image-registry",
  subject: "Images",
  scope: "object",
  sentence: "images come from an allowed registry: the site's own mirror, Kubernetes' own, or one that is named",
  severity: "mandatory",
  source,
  fix: "mirror the image, or name its registry in the parameter `allowed`",
  parameters: {
    allowed: {
      type: "array",
      items: { type: "string" },
      default: ["registry.k8s.io"],
      description:
        "Registries, with a path if only a part of one is allowed; the site's own image repository always is, and those whose images its own registry has",
    },
  },
  about: "workloads",
  check: (facts, { allowed }) => {
    const own = facts.registry?.names ?? [];
    const all = [...new Set([...allowed, ...(facts.imageRepository ? [facts.imageRepository] : []), ...own])];
    const registriesFor = ({ namespace }: WorkloadFact) => {
      const addOn = nodeAddOn(facts, namespace);
      return addOn ? [...all, addOn.registry] : all;
    };
    return images(facts)
      .filter(({ image, workload }) => {
        const name = fullName(image);
        return !registriesFor(workload).some((registry) => name.startsWith(`${registry}/`));
      })
      .map((used) =>
        breach(used, `image ${used.image || "(none)"} is not from ${listed(registriesFor(used.workload))}`),
      );
  },
});

/** Words for a channel, whose newest build takes the tag over, and for a build of what is in no commit. */
const CHANNELS = new Set(
  (
    "latest stable unstable edge nightly daily weekly snapshot canary rolling current main master trunk head tip dev devel " +
    "develop development test testing next lts experimental preview prod production staging live default release dirty"
  ).split(" "),
);
/** Major, minor and patch, with anything behind them. */
const FULL_VERSION = /(?:^|[^\d.])\d+\.\d+\.\d/;
/** A commit's id, also as `git describe` writes it; letters alone are a word. */
const COMMIT = /^g?(?=[0-9a-f]*\d)[0-9a-f]{7,40}$/;
/** A day, or the number of a build: 20260601, build-1482. */
const DAY_OR_BUILD = /(?:^|[-_.])(?:\d{5,}|(?:build|b|ci|run|job|pipeline|rev|r)[-_.]?\d+)(?:$|[-_.])/i;
/** The moment of a build, whatever it was built for: RELEASE.2026-06-01T00-00-00Z. */
const MOMENT = /(?:^|[-_.])\d{4}-?\d\d-?\d\d[tT]\d\d-?\d\d/;

/** Whether another build may get the same tag, by its form. */
function moves(tag: string): boolean {
  if (MOMENT.test(tag)) return false;
  const words = tag.split(/[-_.+]/);
  if (words.some((word) => CHANNELS.has(word.toLowerCase()))) return true;
  return !(FULL_VERSION.test(tag) || DAY_OR_BUILD.test(tag) || words.some((word) => COMMIT.test(word)));
}

export const imageTags = rule({
  id: "image-tag",
  subject: "Images",
  scope: "object",
  sentence: "no image is named by a tag that moves: a channel such as latest or stable, a part of a version, or none",
  severity: "mandatory",
  source,
  fix: "name a full version, a commit or a build, or better the digest",
  about: "workloads",
  check: (facts) =>
    images(facts)
      .filter(({ image }) => !image.includes("@sha256:") && moves(tagOf(image) ?? ""))
      .map((used) => {
        const tag = tagOf(used.image);
        return breach(
          used,
          `image ${used.image || "(none)"} ${tag ? `has the tag ${tag}, which moves` : "has no tag"}`,
        );
      }),
});

export const imageDigests = rule({
  id: "image-digest",
  subject: "Images",
  scope: "object",
  sentence: "images are named by digest, so that what was reviewed is what runs",
  severity: "advisory",
  source,
  fix: "add @sha256:… to the image's name",
  about: "workloads",
  check: (facts) =>
    images(facts)
      .filter(({ image }) => !/@sha256:[0-9a-f]{64}$/.test(image))
      .map((used) => breach(used, `image ${used.image || "(none)"} is not named by digest`)),
});
