import type { Artifact } from "../build/artifact";
import { kustomizeController, sourceController } from "../programs/upstream";
import { optionalImages } from "./optional-images";

/** The images of what applies what a repository says. */
export function fluxImages(): Artifact {
  const { version } = kustomizeController;
  return optionalImages(
    { name: "flux-images", version, title: "the container images of Flux" },
    [sourceController, kustomizeController].map((artifact) => ({
      name: `ghcr.io/fluxcd/${artifact.name}:v${artifact.version}`,
      artifact,
      program: artifact.name,
      path: `usr/local/bin/${artifact.name}`,
    })),
  );
}
