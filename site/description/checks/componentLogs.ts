import { seconds } from "../kubernetes/fieldTypes";
import { shown } from "../problem";
import { versionOf } from "../version";
import { type Add, at, list, type Tree, text } from "./componentFields";

const FORMATS = ["text", "json"];
const MOST_VERBOSE = 2 ** 31 - 1;

/** What Kubernetes' programs log, trace and measure, checked as all of them do (component-base). */
export function logs(version: string, component: Tree, add: Add): void {
  const format = text(component, "logging.format");
  if (format && !FORMATS.includes(format))
    add("logging.format", `${shown(format)} is not possible`, `use ${FORMATS.join(" or ")}`);
  const flush = at(component, "logging.flushFrequency");
  if (typeof flush === "number" ? flush < 0 : seconds(flush) < 0)
    add("logging.flushFrequency", `${shown(flush)} is too short`, "use 0s or more, for example 5s");
  const verbosity = at(component, "logging.verbosity");
  if (typeof verbosity === "number" && verbosity > MOST_VERBOSE)
    add("logging.verbosity", `${verbosity} is too large`, "use 0 to 10");
  const modules = list(component, "logging.vmodule");
  if (modules.length > 0 && (format || "text") !== "text")
    add("logging.vmodule", `format ${format} has none`, "remove it, or use format text");
  for (const [i, one] of modules.entries())
    if (!text((one ?? {}) as Tree, "filePattern") || /[=,]/.test(String(at(one, "filePattern"))))
      add(`logging.vmodule[${i}].filePattern`, "it is no pattern of a file's name", "use one without = and ,");
  hidden(version, component, add);
  tracing(component, add);
}

/** Metrics that the last minor version still showed can be shown once more. */
function hidden(version: string, component: Tree, add: Add): void {
  const shownFor = text(component, "showHiddenMetricsForVersion");
  const { major, minor } = versionOf(version);
  const last = `${major}.${minor - 1}`;
  if (shownFor && shownFor !== last)
    add(
      "showHiddenMetricsForVersion",
      `${shown(shownFor)} is not the version before ${major}.${minor}`,
      `use "${last}", or remove it`,
    );
}

function tracing(component: Tree, add: Add): void {
  const rate = at(component, "tracing.samplingRatePerMillion");
  if (typeof rate === "number" && (rate < 0 || rate > 1_000_000))
    add("tracing.samplingRatePerMillion", `${rate} is outside 0 to 1000000`, "use 0 to 1000000");
  const endpoint = text(component, "tracing.endpoint");
  const scheme = /^([a-z][-a-z0-9+.]*):\/\//i.exec(endpoint ?? "")?.[1];
  const known = scheme === undefined || ["dns", "unix", "unix-abstract"].includes(scheme);
  if (endpoint && !(known && /^[^\s%]+$/.test(endpoint)))
    add("tracing.endpoint", `${shown(endpoint)} is no address of a collector`, "use host:port, or unix:///path");
}
