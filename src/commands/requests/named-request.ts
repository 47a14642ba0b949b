import type { CommandExample } from '../../command/definition.js';
import type { Fields } from '../../command/field.js';
import type { MixpanelRequest } from '../../mixpanel/request.js';
import type { AnswerMeta } from '../../result/query-result.js';
import type { Row } from '../../result/rows.js';

/** What a Custom Action asked, as far as its answer depends on it. */
export interface AskedRequest {
  method: MixpanelRequest['method'];
  /** As `readEndpoint` returns it. */
  path: string;
  /** Parameters of the endpoint and of an object in the body, the latter on top. */
  parameters: Readonly<Record<string, unknown>>;
  /** The body, parsed if it is JSON. */
  body: unknown;
}

/** What rows are made of besides the answer itself. */
export interface AnswerRows {
  rows: Row[];
  meta?: AnswerMeta;
  /** Returns notices about the rows. `now` is in epoch milliseconds. */
  messages?: (now: number) => string[];
  /** Members of the answer that the rows have no place for, such as `pagination`. */
  leftOver?: Readonly<Record<string, unknown>>;
}

/** How the answers of an endpoint become rows. */
export interface AnswerReader {
  methods: readonly MixpanelRequest['method'][];
  /** Matches a path as `readEndpoint` returns it. */
  path: RegExp;
  /** Returns rows. Throws `UnknownShapeError` for an answer that is not what the endpoint is known to give. */
  read(body: unknown, asked: AskedRequest): AnswerRows;
}

/** A request by name: values that fill the form of Custom Action, and what comes back. */
export interface NamedRequest extends Required<Omit<CommandExample<Fields>, 'group'>> {
  id: string;
}

/** Requests about one thing, and the endpoints that they use. */
export interface RequestGroup {
  label: string;
  requests: readonly NamedRequest[];
  answers: readonly AnswerReader[];
}
