/**
 * The error of ToolJet's plugins, as its server knows it: by the name of its class, which a bundler must keep. Any
 * other error becomes "Internal server error". Source: ToolJet, `server/src/modules/data-queries/service.ts`,
 * `marketplace/plugins/common/lib/query.error.ts`.
 */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** Shown below the message. */
  readonly description: string;
  /** Shown with the error, and written into ToolJet's audit log. */
  readonly data: Record<string, unknown>;

  constructor(message: string, description: string, data: Record<string, unknown>) {
    super(message);
    this.description = description;
    this.data = data;
  }
}
