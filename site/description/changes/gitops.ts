import { compared, free, type Meanings, way } from "./meaning";

const FOLLOWED = compared(
  way(
    "what was applied and is not in the other one is deleted, but for volume claims and namespaces; where Flux goes, all of it stays",
    "bring the other one to what is applied first; `kubectl -n flux-system get kustomization site -o yaml` lists it",
  ),
);
const SIGNED_IN = free("The repository is asked so from the next look on; what runs goes on.");

export const gitopsMeanings: Meanings = {
  gitops: way(
    "left out, Flux goes, what it applied stays, and nothing keeps that in step with the repository any more",
    "keep it, or take care of what it applied by other means",
  ),
  "gitops.flux.url": FOLLOWED,
  "gitops.flux.branch": FOLLOWED,
  "gitops.flux.tag": FOLLOWED,
  "gitops.flux.path": FOLLOWED,
  "gitops.flux.intervalMinutes": free("The repository is looked at as often; what runs goes on."),
  "gitops.flux.user": SIGNED_IN,
  "gitops.flux.ca": SIGNED_IN,
  "gitops.flux.hostKeys[]": SIGNED_IN,
  "gitops.flux.clusterWide": free("What it may write is more, or less, from the next look on; what it applied stays."),
};
