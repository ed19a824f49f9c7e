import { caution, ok, type PreflightLine } from "../../site/judge/preflight/line";
import type { SitePlan } from "../../site/plan/model";
import { imagesOf } from "../../site/render/images";
import { digestOf } from "../images/registry";

const PATH = "kubernetes.imageRepository";

/**
 * Whether a repository of the site's own has every image that the site will run, by asking its registry; nothing where the description
 * names none. A template or a server may hold an image that the registry lacks, so that nothing is refused.
 */
export async function repositoryLines(plan: SitePlan): Promise<PreflightLine[]> {
  if (plan.spec.kubernetes.imageRepository === undefined) return [];
  const images = imagesOf(plan);
  const answers = await Promise.all(images.map(async ({ image }) => ({ image, answer: await digestOf(image) })));
  const byProblem = new Map<string, string[]>();
  for (const { image, answer } of answers)
    if ("problem" in answer) byProblem.set(answer.problem, [...(byProblem.get(answer.problem) ?? []), image]);
  if (byProblem.size === 0) return [ok(PATH, `it has all ${images.length} images`)];
  return [...byProblem].map(([problem, missing]) =>
    caution(
      PATH,
      `${problem}: ${missing.length === images.length ? `none of the ${images.length} images is known to be there` : missing.join(", ")}`,
      "mirror what `npx groundwork images` lists, or use a template that holds it; a pod whose image is nowhere waits for ever",
    ),
  );
}
