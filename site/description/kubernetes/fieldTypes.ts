import { nearest } from "../nearest";
import { type Problem, shown } from "../problem";

/** The type of a field, as the tables of `site/description/kubernetes` have it. */
export type FieldType =
  | string
  | { list: FieldType }
  | { map: FieldType }
  | { fields: { [name: string]: FieldType | undefined } };

const WHOLE: Record<string, [least: number, most: number]> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint32: [0, 2 ** 32 - 1],
};
/** Go's durations, `1m30s`. */
const DURATION = /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|\u00b5s|ms|s|m|h))+)$/;
/** Many more than any program has. */
const MOST_NAMES = 500;
/** Kubernetes' quantities, `500m`, `1Gi`. */
export const QUANTITY = /^[-+]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?\d+)?$/;

/** Values that a program of this type would not read: of another type, or of a field that it has not. */
export function mistyped(type: FieldType, value: unknown, path: string): Problem[] {
  // `null` takes a field away.
  if (value === null) return [];
  const wrong = (wanted: string): Problem[] => [
    { path, fact: `${shown(value)} is not ${wanted}`, fix: `write ${wanted}` },
  ];
  if (typeof type === "string") return scalar(type, value, wrong);
  if ("list" in type)
    return Array.isArray(value)
      ? value.flatMap((one, i) => mistyped(type.list, one, `${path}[${i}]`))
      : wrong("a list");
  if (typeof value !== "object" || Array.isArray(value)) return wrong("an object");
  const names = Object.keys(value as object).length;
  if (names > MOST_NAMES) return [{ path, fact: `it has ${names} fields`, fix: `use at most ${MOST_NAMES}` }];
  return Object.entries(value as object).flatMap(([key, one]) => {
    if ("map" in type) return mistyped(type.map, one, `${path}.${key}`);
    const below = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
    return below === undefined
      ? [{ path: `${path}.${key}`, fact: "there is no such field", fix: nearest(key, Object.keys(type.fields)) }]
      : mistyped(below, one, `${path}.${key}`);
  });
}

function scalar(type: string, value: unknown, wrong: (wanted: string) => Problem[]): Problem[] {
  const bounds = WHOLE[type];
  if (bounds) {
    if (!Number.isInteger(value)) return wrong("a whole number");
    const [least, most] = bounds;
    return (value as number) < least || (value as number) > most ? wrong(`between ${least} and ${most}`) : [];
  }
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? [] : wrong("true or false");
    case "number":
      return typeof value === "number" ? [] : wrong("a number");
    case "duration":
      return isDuration(value) ? [] : wrong("a duration, for example 30s or 1m30s");
    case "duration or number":
      return typeof value === "number" || isDuration(value) ? [] : wrong("a duration, for example 30s or 1m30s");
    case "quantity":
      return typeof value === "number" || (typeof value === "string" && QUANTITY.test(value))
        ? []
        : wrong("a quantity, for example 500m or 1Gi");
    default:
      return typeof value === "string" ? [] : wrong("a text");
  }
}

/** Go counts nanoseconds in 63 bits: 292 years are the most. */
const LONGEST = 2 ** 63 / 1e9;

function isDuration(value: unknown): boolean {
  return typeof value === "string" && DURATION.test(value) && !value.startsWith("-") && seconds(value) < LONGEST;
}

const SUFFIXES = ["", "k", "M", "G", "T", "P", "E"];

/** A quantity as a number, of bytes or of CPUs; NaN for what is none. */
export function amount(text: string): number {
  const [, number = "", suffix = ""] = /^([-+]?[\d.]+)(.*)$/.exec(text) ?? [];
  if (!QUANTITY.test(text)) return Number.NaN;
  if (/^[eE]/.test(suffix) && suffix.length > 1) return Number(text);
  const small = ["n", "u", "m"].indexOf(suffix);
  if (small >= 0) return Number(number) * 1000 ** (small - 3);
  const [name = "", binary] = suffix;
  return (
    Number(number) * (binary ? 1024 : 1000) ** SUFFIXES.findIndex((one) => one.toLowerCase() === name.toLowerCase())
  );
}

/** A duration in seconds; NaN for what is none. */
export function seconds(text: unknown): number {
  if (typeof text !== "string" || !DURATION.test(text)) return Number.NaN;
  const unit: Record<string, number> = { ns: 1e-9, us: 1e-6, "\u00b5s": 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
  const sum = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|ms|s|m|h)/g)].reduce(
    (total, [, number, name]) => total + Number(number) * (unit[name ?? ""] ?? 0),
    0,
  );
  return text.startsWith("-") ? -sum : sum;
}
