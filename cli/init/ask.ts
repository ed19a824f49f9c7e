import type { Problem } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import { problemWith } from "./description";
import { type Answers, isAsked, questions } from "./questions";

const keys = Object.keys(questions) as (keyof Answers)[];

/** What is known better than the proposals: what vCenter has. Several to choose from; none if it has none. */
export type Choices = Partial<
  Record<keyof Answers, readonly string[] | ((before: Partial<Answers>) => readonly string[] | undefined)>
>;

/**
 * Answers from flags, from what vCenter has where there is one, and from proposals.
 *
 * @throws UnusableInput with everything that is wrong with them
 */
export function answersOf(given: Partial<Answers>, choices: Choices): Answers {
  const answers: Partial<Answers> = {};
  const problems: Problem[] = [];
  for (const key of keys) {
    const { flag, proposal } = questions[key];
    const has = choicesOf(key, choices, answers);
    if (!isAsked(key, answers)) {
      if (given[key] !== undefined) problems.push({ path: flag, ...notOf(answers) });
      continue;
    }
    const [only = proposal(answers)] = has ?? [];
    answers[key] = given[key] ?? only;
    const problem =
      given[key] === undefined && has !== undefined && has.length !== 1
        ? { path: flag, fact: vcenterHas(has), fix: "name one" }
        : problemWith(key, complete(answers));
    if (problem === undefined) continue;
    problems.push(problem);
    // What follows is looked at all the same; host keys are those of the servers that were named.
    if (key !== "servers") answers[key] = only;
  }
  if (problems.length > 0) throw new UnusableInput(problems);
  return complete(answers);
}

/**
 * Asks on the terminal what no flag has answered.
 *
 * @returns nothing if the person gave up
 */
export async function promptForAnswers(given: Partial<Answers>, choices: Choices): Promise<Answers | undefined> {
  // Loaded only here: most runs ask nothing.
  const { isCancel, select, text } = await import("@clack/prompts");
  const answers: Partial<Answers> = {};
  for (const key of keys) {
    const { asks, proposal, optional } = questions[key];
    if (!isAsked(key, answers)) continue;
    const message = `${asks.charAt(0).toUpperCase()}${asks.slice(1)}`;
    const options = choicesOf(key, choices, answers) ?? [];
    const [only = proposal(answers)] = options;
    const wrong = (value = "") => {
      const problem = problemWith(key, complete({ ...answers, [key]: value || only }));
      return problem && `${problem.fact}; ${problem.fix}`;
    };
    const flag = given[key];
    if (flag !== undefined) {
      const problem = problemWith(key, complete({ ...answers, [key]: flag }));
      if (problem) throw new UnusableInput([problem]);
    }
    const answer =
      flag ??
      (optional && options.length < 2 ? only : undefined) ??
      (options.length > 1
        ? await select({ message, options: options.map((value) => ({ value, label: value })) })
        : await text({ message, placeholder: only, defaultValue: only, validate: wrong }));
    if (isCancel(answer)) return undefined;
    answers[key] = answer as string;
  }
  return complete(answers);
}

function choicesOf(key: keyof Answers, choices: Choices, before: Partial<Answers>): readonly string[] | undefined {
  const known = choices[key];
  return typeof known === "function" ? known(before) : known;
}

/** With proposals for what is not answered yet. */
function complete(answers: Partial<Answers>): Answers {
  const all = { ...answers };
  for (const key of keys) all[key] ??= questions[key].proposal(all);
  return all as Answers;
}

function notOf({ kind }: Partial<Answers>): { fact: string; fix: string } {
  return { fact: `a site of --kind ${kind} has none`, fix: "leave it out, or name another kind" };
}

function vcenterHas(names: readonly string[]): string {
  if (names.length === 0) return "vCenter has none that can be seen";
  const shown = names.slice(0, 8).join(", ");
  return `vCenter has ${names.length}: ${shown}${names.length > 8 ? " …" : ""}`;
}
