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
 * What a preview's resources are judged by while the engine goes on: it makes nothing, so that it need not wait for each
 * answer, and is told at the end, together with what is said of the stack. One after another, in the order they came.
 */
export class Later {
  private judged: Promise<Response[]> = Promise.resolve([]);

  judge(answer: () => Promise<Response>): void {
    this.judged = this.judged.then(async (responses) => {
      await new Promise(setImmediate); // What the engine asks next comes first.
      responses.push(await answer());
      return responses;
    });
    this.judged.catch(() => {}); // It is told with the rest.
  }

  /** What was said of all of them; rejects if one could not be judged. */
  all(): Promise<Response[]> {
    return this.judged;
  }
}
