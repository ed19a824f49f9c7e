import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist";

/** A line of text on a page of paper. */
export interface PaperLine {
  text: string;
  /** The size of its letters, in points. */
  size: number;
}

/** A PDF as its reader has it in hand. */
export class Paper {
  private constructor(private readonly document: PDFDocumentProxy) {}

  static async of(pdf: Buffer): Promise<Paper> {
    const { getDocument } = await import("pdfjs-dist/legacy/build/pdf.mjs");
    return new Paper(await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise);
  }

  get pages(): number {
    return this.document.numPages;
  }

  /** The page on which a chapter begins. */
  async pageOf(id: string): Promise<number> {
    const place = await this.document.getDestination(id);
    if (!place) throw new Error(`${id}: no place of this paper`);
    return (await this.document.getPageIndex(place[0])) + 1;
  }

  /** A page's lines, from above; what stands beside each other is one. The number of the page is the last. */
  async lines(page: number): Promise<PaperLine[]> {
    const { items } = await (await this.document.getPage(page)).getTextContent();
    const lines = new Map<number, PaperLine>();
    for (const item of items) {
      if (!("str" in item)) continue;
      const y = Math.round(item.transform[5]);
      const line = lines.get(y) ?? { text: "", size: 0 };
      lines.set(y, { text: line.text + item.str, size: Math.max(line.size, item.height) });
    }
    return [...lines].sort(([a], [b]) => b - a).flatMap(([, line]) => (line.text.trim() ? [line] : []));
  }

  /** A page as a PNG. */
  async picture(number: number, scale: number): Promise<Buffer> {
    const page = await this.document.getPage(number);
    const viewport = page.getViewport({ scale });
    const factory = this.document.canvasFactory as { create(width: number, height: number): Canvas };
    const { canvas, context } = factory.create(Math.round(viewport.width), Math.round(viewport.height));
    await page.render({ canvas: null, canvasContext: context, viewport }).promise;
    return canvas.toBuffer("image/png");
  }

  async close(): Promise<void> {
    await this.document.destroy();
  }
}

interface Canvas {
  canvas: { toBuffer(type: "image/png"): Buffer };
  context: Parameters<PDFPageProxy["render"]>[0]["canvasContext"];
}
