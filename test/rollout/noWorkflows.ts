/** What a worker runs that knows no workflow. */
export {};
