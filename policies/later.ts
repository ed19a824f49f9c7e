/** The answer about a resource, or about a stack. */
export interface Response {
  getDiagnosticsList(): Diagnostic[];
  setDiagnosticsList(list: Diagnostic[]): void;
  getNotApplicableList(): unknown[];
  setNotApplicableList(list: unknown[]): void;
}

interface Diagnostic {
  getUrn(): string;
  setUrn(urn: string): void;
}

/**
 * What a preview's resources are judged by at its end: it makes nothing, so that the engine need not wait for each answer,
 * and is told together with what is said of the stack. While resources are registered the program, the engine and the
 * plugins want all processors; judging then, even in pauses, makes a preview longer than judging afterwards.
 */
export class Later {
  private readonly asked: (() => Promise<Response>)[] = [];

  judge(answer: () => Promise<Response>): void {
    this.asked.push(answer);
  }

  /** What is said of all of them, in the order they came; rejects if one could not be judged. */
  async all(): Promise<Response[]> {
    const responses: Response[] = [];
    for (const answer of this.asked.splice(0)) responses.push(await answer());
    return responses;
  }
}
