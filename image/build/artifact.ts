// What a recipe needs: an artifact of the build cache, and how Go builds one.
export { type Artifact, artifactFolder, cacheFolder, ensure, isBuilt, repository } from "./cache";
export { goBuild } from "./go";
export { type Progress, type Run, type RunOptions, runner } from "./run";
