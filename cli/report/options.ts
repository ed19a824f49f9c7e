export interface ReportOptions {
  stack?: string[];
  configFile?: string;
  base?: string;
  format: "markdown" | "html" | "json";
  output?: string;
  html?: string;
  project: string;
  policyPack?: string;
  policyPackConfig?: string;
  refresh?: boolean;
  parallel: number;
  /** The folder of kept previews; false to preview everything again. */
  cache?: string | boolean;
}
