export interface RolloutPlanOptions {
  project: string;
  policy?: string;
  sites: string[];
  key?: string;
  output: string;
  dryRun?: boolean;
  withUnjudged?: boolean;
  parallel: number;
}
