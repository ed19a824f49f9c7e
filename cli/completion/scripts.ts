import type { CommandWords, OptionWords } from "./words";

/** A script that completes a program's commands and options, and files where neither is meant. Nothing is run to complete. */
export type Script = (program: string, all: readonly CommandWords[]) => string;

/** For bash, with nothing but what bash itself has. */
const bash: Script = (program, all) => {
  const lines = all.flatMap(({ path, commands, options }) => [
    `    ${quoted(path)}) words=${quoted([...commands.map(({ name }) => name), ...options.flatMap(({ names }) => names)].join(" "))} ;;`,
  ]);
  return [
    `# bash completion for ${program}`,
    `_${program}() {`,
    "  local word path= words= valued= i",
    `  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}`,
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    `    word=\${COMP_WORDS[i]}`,
    `    case "\${path:+$path }$word" in ${all.flatMap(({ path }) => (path ? [quoted(path)] : [])).join("|")}) path="\${path:+$path }$word" ;; esac`,
    "  done",
    '  case "$path $previous" in',
    ...valued(all).map(
      ({ path, option }) =>
        `    ${option.names.map((name) => quoted(`${path} ${name}`)).join("|")}) valued=1 words=${quoted(option.choices.join(" "))} ;;`,
    ),
    "  esac",
    '  [[ $valued ]] || case "$path" in',
    ...lines,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    // Where nothing of it fits, a file is meant.
    `complete -o default -F _${program} ${program}`,
  ].join("\n");
};

const zsh: Script = (program, all) =>
  [
    `#compdef ${program}`,
    `_${program}() {`,
    "  local word line= i",
    "  local -a told",
    "  for ((i = 2; i < CURRENT; i++)); do",
    `    word=\${words[i]}`,
    `    case "\${line:+$line }$word" in ${all.flatMap(({ path }) => (path ? [quoted(path)] : [])).join("|")}) line="\${line:+$line }$word" ;; esac`,
    "  done",
    `  case "$line \${words[CURRENT - 1]}" in`,
    ...valued(all).map(
      ({ path, option }) =>
        `    ${option.names.map((name) => quoted(`${path} ${name}`)).join("|")}) ${option.choices.length > 0 ? `compadd -- ${option.choices.map(quoted).join(" ")}` : "_files"}; return ;;`,
    ),
    "  esac",
    '  case "$line" in',
    ...all.map(({ path, commands, options }) => {
      const told = [
        ...commands.map(({ name, description }) => described(name, description)),
        ...options.flatMap(({ names, description }) => names.map((name) => described(name, description))),
      ];
      return `    ${quoted(path)}) told=(${told.join(" ")}) ;;`;
    }),
    "  esac",
    `  _describe ${program} told || _files`,
    "}",
    `if [ "$funcstack[1]" = _${program} ]; then _${program} "$@"; else compdef _${program} ${program}; fi`,
  ].join("\n");

const fish: Script = (program, all) =>
  [
    `# fish completion for ${program}`,
    `function __${program}_is`,
    "  set -l line",
    "  for word in (commandline -opc)[2..-1]",
    `    if contains -- (string trim "$line $word") ${all.flatMap(({ path }) => (path ? [quoted(path)] : [])).join(" ")}`,
    '      set line (string trim "$line $word")',
    "    end",
    "  end",
    '  test "$line" = "$argv"',
    "end",
    ...all.flatMap(({ path, commands, options }) => {
      const here = `complete -c ${program} -n ${quoted(`__${program}_is ${path}`.trim())}`;
      return [
        ...commands.map(({ name, description }) => `${here} -f -a ${quoted(name)} -d ${quoted(description)}`),
        ...options.map(({ names, description, takesValue, choices }) => {
          const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
          const value = choices.length > 0 ? `-x -a ${quoted(choices.join(" "))}` : takesValue ? "-r -F" : "";
          return [here, ...flags, value, `-d ${quoted(description)}`].filter(Boolean).join(" ");
        }),
      ];
    }),
  ].join("\n");

export const scripts = { bash, zsh, fish } satisfies Record<string, Script>;

function valued(all: readonly CommandWords[]): { path: string; option: OptionWords }[] {
  return all.flatMap(({ path, options }) => options.flatMap((option) => (option.takesValue ? [{ path, option }] : [])));
}

/** `name:what it does`, as zsh lists it. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(":", "\\:")}:${description}`);
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
