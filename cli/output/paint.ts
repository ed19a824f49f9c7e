import { styleText } from "node:util";

type Style = "red" | "yellow" | "green";

/** What in a finished text is good, to be seen to, or bad. */
const MARKS: readonly [RegExp, Style][] = [
  [/^\S+ is well\.$/gm, "green"],
  [/^\S+ is NOT well: .*$/gm, "red"],
  [/^mandatory(?= )/gm, "red"],
  [/^advisory(?= )/gm, "yellow"],
  [/\b(?:LOST|DOWN)\b/g, "red"],
];

/**
 * A text as it is shown on a stream: with colors on a terminal, and without anywhere else, such as in a pipe or a file. `NO_COLOR`
 * in the environment leaves them out, `FORCE_COLOR` asks for them: https://no-color.org, https://force-color.org.
 */
export function painted(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return MARKS.reduce((whole, [mark, style]) => whole.replace(mark, (part) => styled(style, part, stream)), text);
}

/** Problems, a line each: what each is about stands out. */
export function paintedProblems(text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return text.replace(/^\S.*?(?=: )/gm, (path) => styled("red", path, stream));
}

function styled(style: Style, text: string, stream: NodeJS.WriteStream): string {
  return styleText(style, text, { stream });
}
